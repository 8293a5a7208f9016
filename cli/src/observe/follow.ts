/** What has happened to flows between two looks at the table: begun, changed, ended. */
import type { FlowRow } from './field.ts'
import type { FlowTest } from './filter.ts'

export type Change = 'begun' | 'changed' | 'ended'

export interface Happening {
  change: Change
  flow: FlowRow
}

/** Flows that are remembered: 100,000 take 20 MB. */
const MOST_KNOWN = 100_000
/** An agent reports every second, and the clock of a packet is read before that. */
const REPORTED_WITHIN_MS = 2_000

export interface Follower {
  /**
   * What is new in `flows` that pass the test, in the order of their last packets; a flow that comes to pass it
   * begins with that. The first look only learns what is there.
   */
  look(flows: readonly FlowRow[]): Happening[]
}

interface Known {
  firstSeen: string
  lastSeen: string
  isEnded: boolean
  passed: boolean
}

const minus = (iso: string, ms: number): string => {
  const at = Date.parse(iso)
  return Number.isNaN(at) ? '' : new Date(at - ms).toISOString()
}

/** Whoever is forgotten must not be told again: an ended flow not as ended, a live one not as begun. */
const horizonOf = ({ firstSeen, lastSeen, isEnded }: Known): string =>
  isEnded ? lastSeen : firstSeen

/** Remembers at most `mostKnown` flows; what is older than those forgotten is never told as new. */
export const createFollower = (test: FlowTest, mostKnown = MOST_KNOWN): Follower => {
  const known = new Map<string, Known>()
  let horizon: string | undefined

  const remember = ({ id, firstSeen, lastSeen, end }: FlowRow, passed: boolean): void => {
    known.delete(id)
    known.set(id, { firstSeen, lastSeen, isEnded: end !== '', passed })
    if (known.size <= mostKnown) return
    const [oldest = '', entry] = known.entries().next().value ?? []
    known.delete(oldest)
    if (!entry) return
    const seen = horizonOf(entry)
    if (seen > (horizon ?? '')) horizon = seen
  }

  const changeOf = (flow: FlowRow, from: string): Change | undefined => {
    const before = known.get(flow.id)
    if (!before) {
      if (flow.end !== '') return flow.lastSeen > from ? 'ended' : undefined
      return flow.firstSeen > from ? 'begun' : undefined
    }
    if (before.isEnded) return undefined
    if (flow.end !== '') return 'ended'
    if (!before.passed) return 'begun'
    return flow.lastSeen > before.lastSeen ? 'changed' : undefined
  }

  return {
    look(flows) {
      const happened: Happening[] = []
      const newest = flows.reduce((most, { lastSeen }) => (lastSeen > most ? lastSeen : most), '')
      const from = horizon
      if (from === undefined) horizon = minus(newest, REPORTED_WITHIN_MS)
      const passed = flows.map((flow) => test(flow))
      flows.forEach((flow, i) => {
        const change = from === undefined || !passed[i] ? undefined : changeOf(flow, from)
        if (change) happened.push({ change, flow })
      })
      // Only now: to remember one may be to forget another of the same look.
      flows.forEach((flow, i) => remember(flow, passed[i] === true))
      return happened.toSorted((a, b) => (a.flow.lastSeen < b.flow.lastSeen ? -1 : 1))
    },
  }
}
