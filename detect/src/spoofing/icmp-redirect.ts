/** Redirects: somebody tells hosts to send their packets by another way. */
import type { Observation } from '@netscope/core/observation.ts'
import type { Redirect } from '@netscope/core/observation/ndp.ts'
import { createBoundedMap } from '../bounded-map.ts'
import type { Fact } from '../detection.ts'
import type { DetectorDeps, DetectorKind } from '../detector.ts'
import type { FlowStep } from '../flow-step.ts'
import { linkOf } from './link-scope.ts'
import { isShared } from './station-mac.ts'

/** A router may mean it well, but few networks need it. */
const SEVERITY = 50
/** In a router's name from another MAC. */
const FORGED_SEVERITY = 85
const QUIET_MS = 600_000
const WINDOW_MS = 60_000
const MAX_PAIRS = 4096
const ICMP_REDIRECT = 5

interface Counted {
  fromMs: number
  redirects: number
}

/** The station that a redirect came from, and whose name it bears if that is another's; '' if not known. */
interface Sender {
  mac: string
  owner: string
}
const NOBODY: Sender = { mac: '', owner: '' }

export const icmpRedirectKind: DetectorKind = {
  name: 'icmp-redirect',
  version: 2,
  description:
    'ICMP or Neighbor Discovery redirects, which move a host’s traffic to another next hop.',
  techniques: ['T1557'],
  create(settings, deps) {
    const counts = createBoundedMap<string, Counted>(MAX_PAIRS)
    const routers = createBoundedMap<string, string>(MAX_PAIRS)
    const owners = createBoundedMap<string, string>(MAX_PAIRS)
    const senders = createBoundedMap<string, Sender>(MAX_PAIRS)
    const noteSender = (seen: Observation, agent: string): void => {
      const link = linkOf(seen, agent)
      if (seen.kind === 'arp' && !seen.probe) {
        owners.set(`${link} ${seen.senderIp}`, seen.senderMac)
      } else if (seen.kind === 'redirect' && seen.direction === 'INGRESS' && seen.srcMac !== '') {
        const owner = owners.peek(`${link} ${seen.src}`) ?? seen.srcMac
        const isForged = owner !== seen.srcMac && !isShared(owner) && !isShared(seen.srcMac)
        const sender = { mac: seen.srcMac, owner: isForged ? owner : '' }
        senders.set(`${agent} ${seen.src} ${seen.dst}`, sender)
      }
    }
    const count = (key: string, timeMs: number, redirects: number): number => {
      let counted = counts.get(key)
      if (!counted || Math.abs(timeMs - counted.fromMs) > WINDOW_MS) {
        counts.set(key, (counted = { fromMs: timeMs, redirects: 0 }))
      }
      return (counted.redirects += redirects)
    }
    return {
      flow(step) {
        if (step.protocol !== 1 || step.srcPort !== ICMP_REDIRECT || step.newSrcPackets === 0)
          return
        const redirects = count(`${step.src} ${step.dst}`, step.timeMs, step.newSrcPackets)
        if (redirects < settings.redirects) return
        const sender = senders.peek(`${step.agent} ${step.src} ${step.dst}`) ?? NOBODY
        reportFlow(deps, step, redirects, settings.redirects, sender)
      },
      observation(seen, agent) {
        noteSender(seen, agent)
        if (seen.kind !== 'ndp') return
        const key = `${linkOf(seen, agent)} ${seen.src}`
        if (seen.message === 'RA') routers.set(key, seen.sourceLinkMac ?? seen.srcMac)
        if (seen.message !== 'redirect' || seen.hopLimit !== 255) return
        const mac = routers.peek(key)
        const isForged = mac !== undefined && seen.srcMac !== '' && mac !== seen.srcMac
        const redirects = count(`${seen.src} ${seen.dst}`, seen.timeMs, 1)
        if (isForged || redirects >= settings.redirects) {
          reportNdp(deps, seen, agent, redirects, settings.redirects, isForged ? mac : '')
        }
      },
    }
  },
}

const redirectsFact = (value: number, least: number): Fact => ({
  name: 'redirects',
  value,
  threshold: `>= ${least} in 60 s`,
  demand: least,
})

const reportFlow = (
  deps: DetectorDeps,
  step: FlowStep,
  redirects: number,
  least: number,
  { mac, owner }: Sender,
): void =>
  deps.report({
    key: `${step.src} ${step.dst}`,
    title: owner
      ? `${mac} redirects traffic of ${step.dst} in the name of ${step.src}`
      : `${step.src} redirects traffic of ${step.dst}`,
    severity: owner ? FORGED_SEVERITY : SEVERITY,
    confidence: owner ? 0.9 : 0.5,
    technique: 'T1557',
    timeMs: step.timeMs,
    firstMs: step.firstMs,
    agent: step.agent,
    source: { ip: step.src, ...(mac && { mac }) },
    target: { ip: step.dst },
    direction: deps.isLocal(step.src) ? 'internal' : 'inbound',
    count: step.newSrcPackets,
    evidence: {
      reason: `${redirects} ICMP redirects within a minute; a host believes one${owner && `; ${step.src} is ${owner}, they came from ${mac}`}`,
      facts: [redirectsFact(redirects, least)],
      flows: [],
    },
    quietMs: QUIET_MS,
  })

const reportNdp = (
  deps: DetectorDeps,
  seen: Redirect,
  agent: string,
  redirects: number,
  least: number,
  routerMac: string,
): void =>
  deps.report({
    key: `${seen.src} ${seen.dst}`,
    title: `${seen.src} redirects traffic of ${seen.dst} to ${seen.target}`,
    severity: routerMac ? FORGED_SEVERITY : SEVERITY,
    confidence: routerMac ? 0.95 : 0.5,
    technique: 'T1557',
    timeMs: seen.timeMs,
    agent,
    source: { ip: seen.src, ...(seen.srcMac && { mac: seen.srcMac }) },
    target: { ip: seen.dst },
    direction: 'internal',
    evidence: {
      reason: routerMac
        ? `the router ${seen.src} has ${routerMac}, this redirect came from ${seen.srcMac}`
        : `${redirects} redirects within a minute; a host believes one`,
      facts: [
        redirectsFact(redirects, least),
        { name: 'destination', value: seen.destination },
        { name: 'new next hop', value: seen.target },
      ],
      flows: [],
    },
    quietMs: QUIET_MS,
  })
