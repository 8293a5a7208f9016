/** The clock of process start times (CLOCK_BOOTTIME, it runs on in suspend) beside CLOCK_MONOTONIC. */
import { readFileSync } from 'node:fs'

/** Length of a clock tick in /proc: USER_HZ is 100 on every architecture that we run on. */
export const TICK_NS = 1e7

export interface BootClock {
  /** Call it every tick: it moves with suspends. */
  measure(): void
  /** Nanoseconds since boot at `monotonicNs`; up to 10 ms too early, as /proc/uptime counts in 1/100 s. */
  bootNs(monotonicNs: number): number
}

/** The distance only grows, and what we measure is never more than it is: the most that was measured is the best. */
export const createBootClock = (root: string, monotonicNs: () => number): BootClock => {
  let offsetNs = -Infinity
  const measure = (): void => {
    try {
      const before = monotonicNs()
      const uptime = Number(readFileSync(`${root}/uptime`, 'utf8').split(' ', 1)[0])
      if (Number.isFinite(uptime)) {
        offsetNs = Math.max(offsetNs, uptime * 1e9 - Math.max(before, monotonicNs()))
      }
    } catch {
      // Without the file no process is known to have run at the time: nothing is read of any.
    }
  }
  return { measure, bootNs: (ns) => ns + offsetNs }
}
