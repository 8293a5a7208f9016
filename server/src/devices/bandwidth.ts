/** How much a device sends and receives: now, and over the last day. */

/** Slots of 2 s: with 5 of them the rate is that of the last 8 to 10 s, in which an agent reports every live flow. */
const SLOT_MS = 2000
const SLOTS = 5
/** Steps of the history, and how many there are: a day. */
export const STEP_MS = 300_000
const STEPS = 288

/** Bits per second. */
export interface Rates {
  txBps: number
  rxBps: number
}

export interface BandwidthPoint extends Rates {
  /** Start of the step, ms since 1970. */
  timeMs: number
}

export interface Bandwidth {
  /** Bytes at a time of the device's traffic; what is older than the day is left out. */
  add(txBytes: number, rxBytes: number, atMs: number): void
  now(nowMs: number): Rates
  /** Oldest first, steps without traffic included, from the first one that has some. */
  history(nowMs: number): BandwidthPoint[]
}

/** 4.7 kB. */
export const createBandwidth = (): Bandwidth => {
  const recent = createRing(SLOT_MS, SLOTS)
  const steps = createRing(STEP_MS, STEPS)
  let firstStep = Infinity
  return {
    add(txBytes, rxBytes, atMs) {
      recent.add(txBytes, rxBytes, atMs)
      steps.add(txBytes, rxBytes, atMs)
      firstStep = Math.min(firstStep, Math.floor(atMs / STEP_MS))
    },
    now(nowMs) {
      let [tx, rx] = [0, 0]
      const last = Math.floor(nowMs / SLOT_MS)
      for (let slot = last - SLOTS + 1; slot <= last; slot++) {
        tx += recent.tx(slot)
        rx += recent.rx(slot)
      }
      const bits = 8000 / (SLOT_MS * SLOTS)
      return { txBps: Math.round(tx * bits), rxBps: Math.round(rx * bits) }
    },
    history(nowMs) {
      const points: BandwidthPoint[] = []
      const last = Math.floor(nowMs / STEP_MS)
      const bits = 8000 / STEP_MS
      for (let step = Math.max(last - STEPS + 1, firstStep); step <= last; step++) {
        points.push({
          timeMs: step * STEP_MS,
          txBps: Math.round(steps.tx(step) * bits),
          rxBps: Math.round(steps.rx(step) * bits),
        })
      }
      return points
    },
  }
}

/** Sums by slot of time; a slot that comes round again begins with nothing. */
const createRing = (slotMs: number, slots: number) => {
  const sums = new Float64Array(2 * slots)
  const numbers = new Float64Array(slots).fill(-1)
  const read = (slot: number, side: 0 | 1): number => {
    const at = slot % slots
    return numbers[at] === slot ? (sums[2 * at + side] as number) : 0
  }
  return {
    add(tx: number, rx: number, atMs: number): void {
      const slot = Math.floor(atMs / slotMs)
      const at = slot % slots
      const known = numbers[at] as number
      if (slot < known || slot < 0) return
      if (slot > known) {
        numbers[at] = slot
        sums[2 * at] = 0
        sums[2 * at + 1] = 0
      }
      sums[2 * at] = (sums[2 * at] as number) + tx
      sums[2 * at + 1] = (sums[2 * at + 1] as number) + rx
    },
    tx: (slot: number): number => read(slot, 0),
    rx: (slot: number): number => read(slot, 1),
  }
}
