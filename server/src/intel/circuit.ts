/** A circuit breaker: who fails again and again is left alone for a while, then tried once. */

export interface CircuitState {
  state: 'closed' | 'open' | 'half-open'
  failures: number
  /** When it is tried again, milliseconds since 1970; 0: now. */
  untilMs: number
  /** Why it failed last; empty: it did not. */
  reason: string
}

export interface Circuit {
  readonly state: CircuitState
  /** Whether to ask now; the one that asks while it is half open is the trial. */
  enter(): boolean
  succeeded(): void
  /** `forMs`: leaves it alone so long at once. */
  failed(reason: string, forMs?: number): void
}

const LEAST_FAILURES = 5
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 3_600_000
/** A trial that nobody heard of again. */
const TRIAL_MS = 60_000

/** `now`: milliseconds since 1970. */
export const createCircuit = (now: () => number): Circuit => {
  let [failures, untilMs, reason, pauseMs] = [0, 0, '', FIRST_PAUSE_MS]
  let isOpen = false
  let triedMs = Number.NEGATIVE_INFINITY

  return {
    get state(): CircuitState {
      if (!isOpen) return { state: 'closed', failures, untilMs: 0, reason }
      const state = now() < untilMs ? 'open' : 'half-open'
      return { state, failures, untilMs, reason }
    },
    enter() {
      if (!isOpen) return true
      if (now() < untilMs || now() - triedMs < TRIAL_MS) return false
      triedMs = now()
      return true
    },
    succeeded() {
      ;[failures, untilMs, reason, pauseMs, isOpen] = [0, 0, '', FIRST_PAUSE_MS, false]
      triedMs = Number.NEGATIVE_INFINITY
    },
    failed(why, forMs) {
      failures++
      reason = why
      if (!isOpen && failures < LEAST_FAILURES && forMs === undefined) return
      if (isOpen) pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)
      isOpen = true
      untilMs = now() + (forMs ?? pauseMs)
      triedMs = Number.NEGATIVE_INFINITY
    },
  }
}
