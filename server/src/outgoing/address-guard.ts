/** From the name of a host to the one address that may be connected to: looked up once, then checked. */
import { lookup as lookupName } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isHostName } from '@netscope/core/config/outgoing.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { encodePrefix, parsePrefix } from '@netscope/core/prefix.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { specialKind } from './special-address.ts'

export interface GuardedAddress {
  address: string
  family: 4 | 6
}

/** All addresses of a name, the preferred first; rejects if there is none. */
export type LookUp = (host: string) => Promise<string[]>

/** Of a name or an address without brackets. Throws `outgoing.name` or `outgoing.forbidden`. */
export type AddressGuard = (host: string) => Promise<GuardedAddress>

const lookUpName: LookUp = async (host) =>
  (await lookupName(host, { all: true })).map(({ address }) => address)

const createAllowed = (allow: readonly string[]) => {
  const hosts = new Set(allow.filter(isHostName).map((host) => host.toLowerCase()))
  const prefixes = allow.filter((item) => !isHostName(item)).map(parsePrefix)
  const tests = prefixes.map(prefixTest)
  return (host: string, address: string): boolean => {
    if (hosts.has(host.toLowerCase().replace(/\.$/, ''))) return true
    const bytes = new Uint8Array(PREFIX_BYTES)
    if (encodePrefix(address, bytes, 0) !== undefined) return false
    const view = new DataView(bytes.buffer)
    return tests.some((holds) => holds(view, 4))
  }
}

/** `allow`: as in outgoing.allow. */
export const createAddressGuard = (
  allow: readonly string[],
  lookUp: LookUp = lookUpName,
): AddressGuard => {
  const isAllowed = createAllowed(allow)

  const addressesOf = async (host: string): Promise<string[]> => {
    if (isIP(host)) return [host]
    try {
      const found = await lookUp(host)
      if (found.length > 0) return found
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? 'it was not found'
      throw new NetscopeError('outgoing.name', { host, reason }, { cause })
    }
    throw new NetscopeError('outgoing.name', { host, reason: 'it has none' })
  }

  return async (host) => {
    const addresses = await addressesOf(host)
    // All of them: a name that leads inside as well is not one to trust.
    for (const address of addresses) {
      const kind = isAllowed(host, address) ? undefined : specialKind(address)
      if (kind)
        throw new NetscopeError('outgoing.forbidden', {
          host,
          kind: host === address ? kind : `${address}, which is ${kind}`,
        })
    }
    const [address = ''] = addresses
    return { address, family: isIP(address) === 6 ? 6 : 4 }
  }
}
