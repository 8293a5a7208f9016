/**
 * Slows down whoever guesses passwords, without handing them a way to lock out the owner: what fails counts against
 * the pair of account and client, and against the client; against an account as a whole it counts only for clients
 * that it has never signed in from. Whoever has signed in before, from the same address or browser, is not touched.
 */

/** After this long without a failure all is forgotten. */
const FORGET_MS = 60 * 60_000
const QUARTER_MS = 15 * 60_000
/** Failures before the first wait, for account and client; for a client with any accounts; for an account. */
const FREE = { pair: 5, client: 20, account: 50 } as const
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = { pair: QUARTER_MS, client: QUARTER_MS, account: 60_000 } as const
/** Of each kind; the one that failed longest ago is forgotten for a new one. */
const MOST_COUNTED = 10_000

type Kind = keyof typeof FREE

export interface Attempt {
  account: string
  /** Address, or the browser by its cookie. */
  client: string
  /** The account has signed in from this client before. */
  isKnown: boolean
}

export interface LoginThrottle {
  /** Milliseconds to wait; 0: go ahead, and the attempt counts as failed until `succeeded`. */
  waitMs(attempt: Attempt, now: number): number
  succeeded(attempt: Attempt): void
  /** Attempts that were refused. */
  readonly refused: number
}

interface Failures {
  count: number
  lastMs: number
}

const waitOf = (kind: Kind, failures: Failures | undefined, now: number): number => {
  if (!failures || now - failures.lastMs >= FORGET_MS || failures.count < FREE[kind]) return 0
  const doubled = FIRST_WAIT_MS * 2 ** Math.min(20, failures.count - FREE[kind])
  return Math.max(0, failures.lastMs + Math.min(doubled, LONGEST_WAIT_MS[kind]) - now)
}

export const createLoginThrottle = (): LoginThrottle => {
  const failures = {
    pair: new Map<string, Failures>(),
    client: new Map<string, Failures>(),
    account: new Map<string, Failures>(),
  }
  let refused = 0

  const keysOf = ({ account, client, isKnown }: Attempt): [Kind, string][] => {
    const name = account.toLowerCase()
    const pair: [Kind, string] = ['pair', JSON.stringify([name, client])]
    return isKnown ? [pair] : [pair, ['client', client], ['account', name]]
  }

  const count = (kind: Kind, key: string, now: number): void => {
    const counted = failures[kind]
    const before = counted.get(key)
    const isRecent = before && now - before.lastMs < FORGET_MS
    // Put in again, so that the map is in the order of the last failures.
    counted.delete(key)
    const [oldest] = counted.keys()
    if (counted.size >= MOST_COUNTED && oldest !== undefined) counted.delete(oldest)
    counted.set(key, { count: (isRecent ? before.count : 0) + 1, lastMs: now })
  }

  return {
    get refused() {
      return refused
    },
    waitMs(attempt, now) {
      const keys = keysOf(attempt)
      const waits = keys.map(([kind, key]) => waitOf(kind, failures[kind].get(key), now))
      const longest = Math.max(...waits)
      // Counted before the password is checked: many attempts at once are many attempts.
      if (longest === 0) for (const [kind, key] of keys) count(kind, key, now)
      else refused++
      return longest
    },
    succeeded(attempt) {
      for (const [kind, key] of keysOf(attempt)) {
        const counted = failures[kind].get(key)
        // Only the pair starts anew: signing in to one account must not pay for guessing at others.
        if (counted && kind !== 'pair') counted.count--
        else failures[kind].delete(key)
      }
    },
  }
}
