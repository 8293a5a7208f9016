/** How long the event loop was held up: what everybody who asks waits for. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface LoopDelay {
  /** The longest delay since it was asked for last. */
  takeSeconds(): number
  start(): void
  stop(): void
}

/** It is looked at this often; the measured delay contains it. */
const LOOK_MS = 10

export const createLoopDelay = (): LoopDelay => {
  const delay = monitorEventLoopDelay({ resolution: LOOK_MS })
  return {
    takeSeconds() {
      const seconds = Math.max(0, delay.max / 1e6 - LOOK_MS) / 1000
      delay.reset()
      return seconds
    },
    start: () => void delay.enable(),
    stop: () => void delay.disable(),
  }
}
