/** Checks what claims to be a limit of rate, and puts it into the kernel's terms. */
import type { Limit } from '@netscope/core/wire-response.ts'
import { ArgumentError } from '../argument-error.ts'
import { checkEntry, newPrefixBuffer } from '../lists/list-entry.ts'
import { formatPrefix } from '@netscope/core/prefix.ts'
import type { KernelLimit } from '../source.ts'

const MOST = 1_000_000
/** The kernel's coarse clock moves on in steps of up to 10 ms: with less room a bucket would lose what comes within one. */
const LEAST_BURST_NS = 10_000_000

export interface CheckedLimit {
  limit: Limit
  /** PREFIX_BYTES */
  prefix: Uint8Array
}

/** Throws ArgumentError saying what is wrong. */
export const checkLimit = (value: unknown, nowMs: number): CheckedLimit => {
  const buffer = newPrefixBuffer(1)
  // As on the deny list: nobody may limit every address there is.
  const fields = checkEntry(value, 'deny', nowMs, buffer, 0)
  if ('problem' in fields) throw new ArgumentError(`${fields.prefix}: ${fields.reason}`)
  const { packetsPerSecond, burst, kind } = value as Record<string, unknown>
  if (kind !== 'syn' && kind !== 'all') throw new ArgumentError('kind must be syn or all')
  const prefix = Uint8Array.from(buffer.bytes)
  const numbers = {
    packetsPerSecond: numberOf(packetsPerSecond, 'packetsPerSecond'),
    burst: numberOf(burst, 'burst'),
  }
  return { limit: { prefix: formatPrefix(prefix, 0), ...numbers, kind, ...fields }, prefix }
}

const numberOf = (value: unknown, name: string): number => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= MOST)
    return value
  throw new ArgumentError(`${name} must be a whole number from 1 to ${MOST}`)
}

export const kernelLimitOf = ({ packetsPerSecond, burst, kind }: Limit): KernelLimit => {
  const nsPerPacket = Math.round(1e9 / packetsPerSecond)
  return { nsPerPacket, burstNs: Math.max(burst * nsPerPacket, LEAST_BURST_NS), kind }
}
