/** CLOCK_MONOTONIC, which the kernel program stamps with, and its distance to wall-clock time. */
const TRIES = 5

/** Nanoseconds of CLOCK_MONOTONIC; exact to 2^53 ns = 104 days of uptime, then to 2 ns. */
export const monotonicNs = (): number => Number(process.hrtime.bigint())

/**
 * Milliseconds since 1970 when CLOCK_MONOTONIC was 0: reads both clocks back to back and keeps the
 * closest pair. Call it again every few seconds: it moves with NTP steps and suspends.
 */
export const measureWallOffsetMs = (wallMs: () => number = Date.now): number => {
  let best = { gap: Infinity, offset: 0 }
  for (let i = 0; i < TRIES; i++) {
    const before = monotonicNs()
    const wall = wallMs()
    const after = monotonicNs()
    const gap = after - before
    if (gap < best.gap) best = { gap, offset: wall - (before + gap / 2) / 1e6 }
  }
  return best.offset
}
