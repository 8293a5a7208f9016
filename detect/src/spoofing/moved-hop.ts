/** Traffic that goes by another station than the router from now on: what forged answers are for. */
import type { DetectSection } from '@netscope/core/config/detect.ts'
import type { NextHopObservation } from '@netscope/core/observation/next-hop.ts'
import type { DetectorDeps } from '../detector.ts'
import type { AddressClaims, Suspicion } from './address-claims.ts'
import type { ForgedClaim } from './forged-claim.ts'
import type { HopWatch } from './hop-watch.ts'
import { isShared } from './station-mac.ts'

const QUIET_MS = 600_000
/** Forged answers, and the traffic follows: it works. */
const PROVEN = { severity: 90, confidence: 0.95 }
/** Nobody announced or asked for what happens; but addresses and routes are changed by people, too. */
const UNEXPLAINED = { severity: 60, confidence: 0.5 }

export interface HopJudge {
  settings: Pick<DetectSection, 'spoofMoved' | 'spoofMovedAfterForged'>
  protocol: ForgedClaim['protocol']
  claims: AddressClaims
  hops: HopWatch
}

/** `seen` has been noted by `hops` already. */
export const judgeHop = (
  deps: DetectorDeps,
  { protocol, settings, claims, hops }: HopJudge,
  seen: NextHopObservation,
  link: string,
  agent: string,
): void => {
  const { mac, movedFrom, timeMs } = seen
  if (movedFrom === '' || isShared(mac) || isShared(movedFrom)) return
  const own = claims.ownIp(link, mac)
  const told = claims.suspicions(link, mac, timeMs)
  const forged =
    told.find(({ owner }) => owner === movedFrom) ??
    // A failover may do so, too, but tells all.
    told.find(
      ({ ip, isOwn }) =>
        !isOwn &&
        seen.moved >= settings.spoofMovedAfterForged &&
        !hops.hasAnnounced(seen, link, [ip]),
    )
  const moved = { seen, agent, own, forged, settings }
  if (forged) report(deps, protocol, { ...moved, fresh: claims.fresh(mac, timeMs) })
  else if (seen.way === 'to' && seen.moved >= settings.spoofMoved && own !== '') {
    if (hops.isExplained(seen, link, claims.addressesOf(link, mac))) return
    report(deps, protocol, { ...moved, fresh: 1 })
  }
}

interface Moved {
  seen: NextHopObservation
  agent: string
  own: string
  forged: Suspicion | undefined
  settings: HopJudge['settings']
  fresh: number
}

const report = (
  deps: DetectorDeps,
  protocol: HopJudge['protocol'],
  { seen, agent, own, forged, settings, fresh }: Moved,
): void => {
  const { mac, movedFrom, moved, recent } = seen
  const { spoofMoved, spoofMovedAfterForged } = settings
  const least = !forged ? spoofMoved : forged.owner === movedFrom ? 1 : spoofMovedAfterForged
  const since = forged
    ? `${mac} told ${forged.told} unasked that it has ${forged.ip}; `
    : 'nobody announced it or asked for it, but '
  deps.report({
    key: mac,
    title: forged
      ? `${mac} claims by forged ${protocol} to be ${forged.ip}, and traffic of the gateway goes by it`
      : `Traffic of the gateway goes by ${mac} from now on, which is ${own}`,
    ...(forged ? PROVEN : UNEXPLAINED),
    technique: protocol === 'ARP' ? 'T1557.002' : 'T1557',
    timeMs: seen.timeMs,
    firstMs: forged?.firstMs ?? seen.timeMs,
    agent,
    source: { mac, ...(own && { ip: own }) },
    target: { mac: movedFrom, ...(forged && { ip: forged.ip }) },
    direction: 'internal',
    count: fresh,
    evidence: {
      reason: `${since}packets of ${moved} addresses beyond the link that went by ${movedFrom} go by it`,
      facts: [
        {
          name: 'addresses that moved to it',
          value: moved,
          threshold: forged
            ? `>= ${least}, because an answer was forged`
            : `>= ${spoofMoved}, because no forged answer was seen`,
          demand: least,
        },
        { name: 'next hop before', value: movedFrom },
        { name: 'addresses behind it, the latest', value: recent.join(', ') },
      ],
      flows: [],
    },
    quietMs: QUIET_MS,
  })
}
