/** Two stations that both believe to have an address, and stations that grudge others every address. */
import type { Observation } from '@netscope/core/observation.ts'
import { createBoundedMap } from '../bounded-map.ts'
import type { DetectorDeps, DetectorKind } from '../detector.ts'
import { createAddressClaims, type Claim, type Verdict } from './address-claims.ts'
import { arpClaim } from './arp-claim.ts'
import { createAsked } from './asked.ts'
import { createFrameCopies } from './frame-copies.ts'
import { linkOf } from './link-scope.ts'
import { ndpClaim } from './ndp-claim.ts'
import { isStation } from './station-mac.ts'

const QUIET_MS = 600_000
/** Unreachable now and then, but nobody gains by it. */
const DUPLICATE_SEVERITY = 45
/** Nobody gets an address any more. */
const DENIAL_SEVERITY = 75
const MAX_STATIONS = 4096
const MAX_PROBED = 64
const DENIAL_WINDOW_MS = 300_000

export const duplicateAddressKind: DetectorKind = {
  name: 'duplicate-address',
  version: 1,
  description:
    'An address that two stations use at the same time; or one station that claims each address that others are about to take.',
  techniques: ['T1557', 'T1499'],
  create(settings, deps) {
    const windowMs = 300_000
    const claims = createAddressClaims({ pokes: settings.spoofPokes, windowMs })
    const asked = createAsked()
    const isCopy = createFrameCopies()
    const denial = createDenial(settings.duplicateDenials, deps)
    return {
      observation(seen, agent) {
        const link = linkOf(seen, agent)
        if (seen.kind === 'dhcp' && seen.message === 'ACK' && seen.yourIp !== '') {
          claims.leased(link, seen.yourIp, seen.clientMac, seen.timeMs)
        }
        denial.note(seen, link, agent)
        const claim =
          seen.kind === 'arp'
            ? arpClaim(seen, link, asked)
            : seen.kind === 'ndp'
              ? ndpClaim(seen, link, asked)
              : undefined
        const verdict = claim && claims.claim(claim)
        if (!claim || verdict?.sign !== 'contested') return
        const isNew = !isCopy(`${claim.mac} ${claim.ip} ${claim.told}`, link, claim.timeMs)
        reportDuplicate(deps, claim, verdict, agent, isNew ? 1 : 0)
      },
    }
  },
}

const reportDuplicate = (
  deps: DetectorDeps,
  claim: Claim,
  verdict: Verdict,
  agent: string,
  count: number,
): void => {
  const { rival, owner, flips } = verdict
  deps.report({
    key: claim.ip,
    title: `${claim.ip} is used by ${owner} and ${rival}`,
    severity: DUPLICATE_SEVERITY,
    confidence: 0.8,
    technique: 'T1557',
    timeMs: claim.timeMs,
    firstMs: verdict.firstMs,
    agent,
    source: { mac: rival, ip: claim.ip },
    target: { mac: owner, ip: claim.ip },
    direction: 'internal',
    count,
    evidence: {
      reason: `both speak for themselves as ${claim.ip}; it went to and fro ${flips} times in five minutes`,
      facts: [
        {
          name: 'times the address went to and fro',
          value: flips,
          threshold: '>= 4 in 300 s',
          demand: 4,
        },
      ],
      flows: [],
    },
    quietMs: QUIET_MS,
  })
}

interface Denier {
  denied: Map<string, number>
  stations: Set<string>
}

/** Answers to those who ask whether an address is free (RFC 5227, RFC 4862 section 5.4): an owner has few to defend. */
const createDenial = (denials: number, deps: DetectorDeps) => {
  const probes = createBoundedMap<string, number>(MAX_STATIONS)
  const deniers = createBoundedMap<string, Denier>(MAX_STATIONS)

  const noteAnswer = (
    link: string,
    ip: string,
    mac: string,
    seen: Observation,
    agent: string,
  ): void => {
    const probedMs = probes.peek(`${link} ${ip}`)
    if (probedMs === undefined || seen.timeMs - probedMs > 3000 || !isStation(mac)) return
    const denier = noteDenied(`${link} ${mac}`, ip, mac, seen.timeMs)
    if (denier.denied.size >= denials) return reportDenial(deps, mac, denier, denials, seen, agent)
    // By invented stations. Not of ARP: scanners ask for addresses as if to take them, and all owners answer.
    if (seen.kind !== 'ndp') return
    const all = noteDenied(link, ip, mac, seen.timeMs)
    if (all.denied.size >= denials && all.stations.size === all.denied.size)
      reportDenial(deps, '', all, denials, seen, agent)
  }

  const noteDenied = (key: string, ip: string, mac: string, timeMs: number): Denier => {
    let denier = deniers.get(key)
    if (!denier) deniers.set(key, (denier = { denied: new Map(), stations: new Set() }))
    for (const [other, at] of denier.denied)
      if (timeMs - at > DENIAL_WINDOW_MS) denier.denied.delete(other)
    if (denier.denied.size === 0) denier.stations.clear()
    if (denier.denied.size < MAX_PROBED) {
      denier.denied.set(ip, timeMs)
      denier.stations.add(mac)
    }
    return denier
  }

  return {
    note(seen: Observation, link: string, agent: string): void {
      if (seen.kind === 'arp') {
        if (seen.probe) probes.set(`${link} ${seen.targetIp}`, seen.timeMs)
        else if (seen.operation === 'reply')
          noteAnswer(link, seen.senderIp, seen.senderMac, seen, agent)
      } else if (seen.kind === 'ndp') {
        if (seen.message === 'NS' && seen.duplicateCheck)
          probes.set(`${link} ${seen.target}`, seen.timeMs)
        else if (seen.message === 'NA')
          noteAnswer(link, seen.target, seen.targetLinkMac ?? seen.srcMac, seen, agent)
      }
    },
  }
}

const reportDenial = (
  deps: DetectorDeps,
  mac: string,
  { denied }: Denier,
  denials: number,
  seen: Observation,
  agent: string,
): void => {
  const addresses = [...denied.keys()]
  deps.report({
    key: `denial ${mac}`.trimEnd(),
    title: `${mac || 'Somebody'} claims each address that others are about to take`,
    severity: DENIAL_SEVERITY,
    confidence: 0.9,
    technique: 'T1499',
    timeMs: seen.timeMs,
    firstMs: Math.min(...denied.values()),
    agent,
    source: mac === '' ? {} : { mac },
    target: { ip: addresses[0]! },
    direction: 'internal',
    evidence: {
      reason: `${mac === '' ? 'stations of as many MACs' : 'it'} said of ${addresses.length} addresses that they are its own, each when somebody asked whether it is free`,
      facts: [
        {
          name: 'addresses denied to others',
          value: addresses.length,
          threshold: `>= ${denials} in 300 s`,
          demand: denials,
        },
        { name: 'addresses', value: addresses.slice(0, 10).join(', ') },
      ],
      flows: [],
    },
    quietMs: QUIET_MS,
  })
}
