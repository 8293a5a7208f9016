/** Router advertisements that no router of this link would send (RFC 6104). */
import type { NdpObservation, RouterAdvertisement } from '@netscope/core/observation/ndp.ts'
import { createBoundedMap } from '../bounded-map.ts'
import type { DetectorDeps, DetectorKind } from '../detector.ts'
import { createFrameCopies } from './frame-copies.ts'
import { linkOf } from './link-scope.ts'
import { isShared } from './station-mac.ts'

/** Hosts that lose their router at once, or send all they have to another. */
const SEVERITY = { forged: 85, killed: 80, second: 60, flood: 75 }
const QUIET_MS = 1_800_000
const MAX_LINKS = 1024
const MAX_ROUTERS = 16
const FLOOD_WINDOW_MS = 60_000
/** Withdrawn and announced by turns: a daemon that is started again does it once. */
const KILL_WINDOW_MS = 60_000
/** A router that stops says so three times at most (MAX_FINAL_RTR_ADVERTISEMENTS, RFC 4861 section 10). */
const FINAL_ADVERTISEMENTS = 3
/** So long it is waited whether a second router is the first of many. */
const SECOND_SETTLES_MS = 1500

interface Router {
  mac: string
  prefixes: string
  dns: string
  lastMs: number
  /** Lifetime as last announced, and the turns between 0 and more. */
  isOn: boolean
  turns: number[]
  /** When it was withdrawn, if nobody has seen it announced. */
  withdrawals: number[]
}

interface Link {
  routers: Map<string, Router>
  /** First sight of routers in the last minute. */
  newTimes: number[]
}

type Offence = keyof typeof SEVERITY

export const rogueRouterKind: DetectorKind = {
  name: 'rogue-router',
  version: 1,
  description:
    'Router advertisements in a known router’s name from another MAC, that withdraw a router that goes on, or of a second router with other prefixes.',
  techniques: ['T1557'],
  create(settings, deps) {
    const links = createBoundedMap<string, Link>(MAX_LINKS)
    const isCopy = createFrameCopies()
    let seconds: (Judged & { seen: RouterAdvertisement; agent: string })[] = []
    return {
      observation(seen, agent) {
        if (seen.kind !== 'ndp' || seen.message !== 'RA' || !isValid(seen)) return
        const key = linkOf(seen, agent)
        let link = links.get(key)
        if (!link) links.set(key, (link = { routers: new Map(), newTimes: [] }))
        const isNew = !isCopy(
          `${seen.srcMac} ${seen.src} ${seen.routerLifetimeSeconds}`,
          key,
          seen.timeMs,
        )
        const offence = judge(link, seen, settings.routerFlood, isNew)
        if (!offence) return
        const judged = { offence, link, count: isNew ? 1 : 0 }
        if (offence === 'second') seconds.push({ ...judged, seen, agent })
        else {
          if (offence === 'flood') seconds = seconds.filter((one) => one.link !== link)
          report(deps, seen, agent, judged)
        }
      },
      tick(nowMs) {
        const settled = seconds.filter(({ seen }) => nowMs - seen.timeMs >= SECOND_SETTLES_MS)
        if (settled.length === 0) return
        seconds = seconds.filter((one) => !settled.includes(one))
        for (const { seen, agent, ...judged } of settled) report(deps, seen, agent, judged)
      },
    }
  },
}

/** Others are ignored by hosts (RFC 4861 section 6.1.2). */
const isValid = (seen: NdpObservation): boolean =>
  seen.hopLimit === 255 && seen.code === 0 && seen.src.startsWith('fe80:')

const macOf = (seen: RouterAdvertisement): string => seen.sourceLinkMac ?? seen.srcMac

const judge = (
  link: Link,
  seen: RouterAdvertisement,
  flood: number,
  isNew: boolean,
): Offence | undefined => {
  const router = link.routers.get(seen.src)
  const isOn = seen.routerLifetimeSeconds > 0
  const mac = macOf(seen)
  if (!router) return judgeNew(link, seen, flood)
  if (router.withdrawals.length > 0) {
    if (isOn) router.withdrawals = []
    else if (isNew) noteWithdrawal(router, seen.timeMs)
    if (router.withdrawals.length > FINAL_ADVERTISEMENTS) return 'killed'
  }
  if (
    mac !== '' &&
    router.mac !== '' &&
    mac !== router.mac &&
    !isShared(mac) &&
    !isShared(router.mac)
  ) {
    // Whoever sends prefixes is the router: a capture may begin with the forger.
    if (isOn && !router.isOn && router.prefixes === '' && seen.prefixes.length > 0) {
      link.routers.set(seen.src, newRouter(seen))
      return undefined
    }
    return 'forged'
  }
  router.lastMs = seen.timeMs
  if (isOn !== router.isOn) {
    router.turns = [
      ...router.turns.filter((at) => at > seen.timeMs - KILL_WINDOW_MS),
      seen.timeMs,
    ].slice(-8)
    router.isOn = isOn
  }
  if (isOn) Object.assign(router, { prefixes: prefixesOf(seen), dns: dnsOf(seen) })
  return router.turns.length >= 3 ? 'killed' : undefined
}

const noteWithdrawal = (router: Router, timeMs: number): void => {
  const since = router.withdrawals.filter((at) => at > timeMs - KILL_WINDOW_MS)
  router.withdrawals = [...since, timeMs].slice(-2 * FINAL_ADVERTISEMENTS)
}

const judgeNew = (link: Link, seen: RouterAdvertisement, flood: number): Offence | undefined => {
  const others = [...link.routers.values()].filter(
    (one) => one.isOn && one.lastMs > seen.timeMs - 3_600_000,
  )
  if (link.routers.size >= MAX_ROUTERS) link.routers.delete(link.routers.keys().next().value!)
  link.routers.set(seen.src, newRouter(seen))
  link.newTimes = [
    ...link.newTimes.filter((at) => at > seen.timeMs - FLOOD_WINDOW_MS),
    seen.timeMs,
  ].slice(-64)
  if (link.newTimes.length >= flood) return 'flood'
  if (others.length === 0 || isShared(macOf(seen)) || seen.routerLifetimeSeconds === 0)
    return undefined
  // A pair that stands in for each other announces the same, and none of them pushes itself forward.
  const isTwin = others.some(
    (one) =>
      one.mac === macOf(seen) || (one.prefixes === prefixesOf(seen) && one.dns === dnsOf(seen)),
  )
  return isTwin && seen.preference !== 'high' ? undefined : 'second'
}

const newRouter = (seen: RouterAdvertisement): Router => ({
  mac: macOf(seen),
  prefixes: prefixesOf(seen),
  dns: dnsOf(seen),
  lastMs: seen.timeMs,
  isOn: seen.routerLifetimeSeconds > 0,
  turns: [],
  // Routers of other networks of the link (Thread, RFC 4191) are nobody's default, but they announce these.
  withdrawals:
    seen.routerLifetimeSeconds === 0 && seen.prefixes.length + seen.routes.length === 0
      ? [seen.timeMs]
      : [],
})

const prefixesOf = ({ prefixes }: RouterAdvertisement): string =>
  prefixes
    .map(({ prefix, length }) => `${prefix}/${length}`)
    .toSorted()
    .join(' ')
const dnsOf = ({ dnsServers }: RouterAdvertisement): string =>
  dnsServers
    .map(({ address }) => address)
    .toSorted()
    .join(' ')

const REASONS: Record<Offence, (seen: RouterAdvertisement, link: Link) => string> = {
  forged: (seen, link) =>
    `${seen.src} has spoken from ${link.routers.get(seen.src)?.mac} and now, with a router lifetime of ${seen.routerLifetimeSeconds} s, from ${macOf(seen)}`,
  killed: (seen, link) =>
    link.routers.get(seen.src)?.isOn || link.routers.get(seen.src)?.turns.length
      ? `${seen.src} is withdrawn as a router and announced by turns, three times within a minute`
      : `${seen.src} is withdrawn as a router again and again; one that stops says so ${FINAL_ADVERTISEMENTS} times at most`,
  second: (seen, link) =>
    `${seen.src} announces ${prefixesOf(seen) || 'no prefix'} with preference ${seen.preference}, beside ${[
      ...link.routers.keys(),
    ]
      .filter((one) => one !== seen.src)
      .slice(0, 4)
      .join(', ')}`,
  flood: (_, link) => `${link.newTimes.length} routers appeared within a minute`,
}

interface Judged {
  offence: Offence
  link: Link
  count: number
}

const report = (
  deps: DetectorDeps,
  seen: RouterAdvertisement,
  agent: string,
  { offence, link, count }: Judged,
): void => {
  const isFlood = offence === 'flood'
  const mac = macOf(seen)
  deps.report({
    key: isFlood ? 'flood' : offence === 'second' ? `second ${seen.src}` : seen.src,
    title: isFlood
      ? 'Many routers are announced that cannot all be there'
      : offence === 'second'
        ? `${seen.src} announces itself as a second router`
        : `Forged router advertisements in the name of ${seen.src}`,
    severity: SEVERITY[offence],
    confidence: offence === 'second' ? 0.6 : 0.9,
    technique: 'T1557',
    timeMs: seen.timeMs,
    agent,
    source: { ip: seen.src, ...(mac && { mac }) },
    target: { ip: seen.dst },
    direction: 'internal',
    count,
    evidence: {
      reason: REASONS[offence](seen, link),
      facts: [
        { name: 'router lifetime', value: seen.routerLifetimeSeconds, unit: 's' },
        { name: 'frame from', value: seen.srcMac },
        { name: 'routers on this link', value: link.routers.size },
        { name: 'routers new within a minute', value: link.newTimes.length },
      ],
      flows: [],
    },
    quietMs: QUIET_MS,
  })
}
