/** Which alerts are one story: what the same source does, one thing after the other, a scan and then guessing. */
import type { KeptAlert } from './alert-row.ts'

/** After so long without anything from a source, what comes is another story. */
const QUIET_MS = 1_800_000
/** Stories that may still go on; beyond, the one that was quiet for longest is over. */
const MAX_OPEN = 20_000

export interface Incidents {
  /** Id of the first alert of the story to which a new alert belongs; its own, if it begins one. */
  of(alert: KeptAlert): string
  /** An alert of a story goes on. */
  seen(alert: KeptAlert, incident: string): void
}

/** Where nobody is known to do it, whom it is done to; MAC and name only where there is no address. */
const storyOf = (alert: KeptAlert): string => {
  const { src, srcDevice, srcMac, srcName, dst, dstDevice, dstMac, dstName } = alert
  const source = srcDevice || src || srcMac || srcName
  return source ? `by ${source}` : `to ${dstDevice || dst || dstMac || dstName}`
}

/** `before`: alerts that were kept, the newest last. */
export const createIncidents = (
  before: readonly { alert: KeptAlert; incident: string }[],
): Incidents => {
  const open = new Map<string, { incident: string; lastMs: number }>()

  const seen = (alert: KeptAlert, incident: string): void => {
    const story = storyOf(alert)
    const lastMs = Math.max(Date.parse(alert.lastSeen), open.get(story)?.lastMs ?? 0)
    open.delete(story)
    open.set(story, { incident, lastMs })
    if (open.size > MAX_OPEN) open.delete(open.keys().next().value as string)
  }

  for (const { alert, incident } of before) seen(alert, incident)

  return {
    of(alert) {
      const found = open.get(storyOf(alert))
      const goesOn = found && Date.parse(alert.firstSeen) - found.lastMs <= QUIET_MS
      const incident = goesOn ? found.incident : alert.id
      seen(alert, incident)
      return incident
    },
    seen,
  }
}
