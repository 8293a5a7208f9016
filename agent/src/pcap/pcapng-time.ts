/** Time stamps of pcapng: 64-bit counts of a unit that each interface chooses. */

export interface CaptureTime {
  seconds: number
  nanos: number
}

/** Converts the two halves of a time stamp into `to`, without losing nanoseconds to a double. */
export type TimeConverter = (high: number, low: number, to: CaptureTime) => void

/** `resolution`: if_tsresol (bit 7: power of 2, else of 10); `offset`: if_tsoffset in seconds. */
export const createTimeConverter = (resolution: number, offset: number): TimeConverter => {
  const power = resolution & 0x7f
  return resolution < 0x80 && power <= 9 ? decimal(10 ** power, offset) : exact(resolution, offset)
}

/**
 * The quotient is estimated in a double, the remainder follows from the low 32 bits: it is below 2^32,
 * so arithmetic modulo 2^32 is exact.
 */
const decimal = (perSecond: number, offset: number): TimeConverter => {
  const unitNs = 1e9 / perSecond
  return (high, low, to) => {
    let seconds = Math.floor((high * 4294967296 + low) / perSecond)
    let rest = (low - Math.imul(seconds % 4294967296, perSecond)) >>> 0
    if (rest >= 0xffff0000) {
      seconds--
      rest = (rest + perSecond) >>> 0
    } else if (rest >= perSecond) {
      seconds++
      rest -= perSecond
    }
    to.seconds = seconds + offset
    to.nanos = Math.min(rest * unitNs, 999999999) // beyond 2^53 units the estimate fails
  }
}

const exact = (resolution: number, offset: number): TimeConverter => {
  const power = BigInt(resolution & 0x7f)
  const perSecond = resolution < 0x80 ? 10n ** power : 1n << power
  return (high, low, to) => {
    const ticks = (BigInt(high) << 32n) | BigInt(low)
    to.seconds = Number(ticks / perSecond) + offset
    to.nanos = Number(((ticks % perSecond) * 1000000000n) / perSecond)
  }
}
