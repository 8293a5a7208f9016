/** Why an address is never sent to anybody: it is not of the internet, or it is our own. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { encodePrefix, formatPrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { specialKind } from '../outgoing/special-address.ts'

/** The canonical text of one address; throws `query.invalid`. */
export const readOneAddress = (text: string): string => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  const problem = encodePrefix(text, bytes, 0)
  if (problem === undefined && bytes[0] === 128) return formatPrefix(bytes, 0)
  const shown = JSON.stringify(text.slice(0, 64))
  const reason = `${shown} is no single address${problem === undefined ? '' : `: ${problem}`}.`
  throw new NetscopeError('query.invalid', { name: 'ip', reason, allowed: 'one address' })
}

/** undefined: it may be sent out. `isOurs`: whether it belongs to this site. */
export const refusalOf = (
  address: string,
  isOurs: (address: string) => boolean,
): string | undefined => {
  const kind = specialKind(address)
  if (kind !== undefined) return `it is no address of the internet (${kind})`
  return isOurs(address) ? 'it belongs to this site' : undefined
}
