/** One machine that asks a DHCP server for addresses as if it were many, until there are none left. */
import type { DhcpObservation } from '@netscope/core/observation/dhcp.ts'
import { createBoundedMap } from '../bounded-map.ts'
import type { DetectorDeps, DetectorKind } from '../detector.ts'
import { createDistinctCount, type DistinctCount } from '../distinct-count.ts'
import { linkOf } from './link-scope.ts'

/** New clients get no address; mostly the step before a server of the attacker's own. */
const SEVERITY = 75
const WINDOW_MS = 60_000
const QUIET_MS = 600_000
const MAX_LINKS = 1024
/** A Wi-Fi bridge speaks for the few stations behind it; so many clients of one frame address are made up. */
const FACELESS = 5

interface Window {
  fromMs: number
  clients: DistinctCount
  /** First halves of the MACs: a room of computers has few makers. */
  makers: DistinctCount
  /** Clients whose frame came from another MAC, and those frame addresses. */
  borrowed: DistinctCount
  frames: DistinctCount
}

export const dhcpStarvationKind: DetectorKind = {
  name: 'dhcp-starvation',
  version: 1,
  description: 'Requests for addresses by more made-up clients than a network has machines.',
  techniques: ['T1499', 'T1557.003'],
  create(settings, deps) {
    const windows = createBoundedMap<string, Window>(MAX_LINKS)
    const most = settings.dhcpStarvationClients
    return {
      observation(seen, agent) {
        if (seen.kind !== 'dhcp' || seen.fromServer || seen.relayIp !== '' || seen.clientMac === '')
          return
        if (seen.message !== 'DISCOVER' && seen.message !== 'REQUEST') return
        const key = linkOf(seen, agent)
        let window = windows.get(key)
        if (!window || Math.abs(seen.timeMs - window.fromMs) > WINDOW_MS) {
          windows.set(key, (window = newWindow(seen.timeMs)))
        }
        add(window, seen)
        const clients = window.clients.value()
        const borrowed = window.borrowed.value()
        const isOne = borrowed >= most / FACELESS && window.frames.value() <= borrowed / FACELESS
        const isMany = clients >= most && window.makers.value() >= clients * 0.8
        if (isOne || isMany) report(deps, seen, agent, window, most, isOne)
      },
    }
  },
}

const newWindow = (fromMs: number): Window => ({
  fromMs,
  clients: createDistinctCount(),
  makers: createDistinctCount(),
  borrowed: createDistinctCount(),
  frames: createDistinctCount(),
})

const add = (window: Window, { clientMac, srcMac }: DhcpObservation): void => {
  window.clients.add(clientMac)
  window.makers.add(clientMac.slice(0, 8))
  if (srcMac === '' || srcMac === clientMac) return
  window.borrowed.add(clientMac)
  window.frames.add(srcMac)
}

const report = (
  deps: DetectorDeps,
  seen: DhcpObservation,
  agent: string,
  window: Window,
  most: number,
  isOne: boolean,
): void => {
  const clients = window.clients.value()
  deps.report({
    key: linkOf(seen, agent),
    title: `${clients} made-up clients ask for addresses on ${seen.interface}`,
    severity: SEVERITY,
    confidence: 0.85,
    technique: 'T1499',
    timeMs: seen.timeMs,
    firstMs: window.fromMs,
    agent,
    source: isOne && seen.srcMac ? { mac: seen.srcMac } : {},
    target: { ip: seen.serverId ?? seen.dst },
    direction: 'internal',
    evidence: {
      reason: isOne
        ? `${window.borrowed.value()} clients asked from ${window.frames.value()} frame addresses within a minute`
        : `${clients} clients of ${window.makers.value()} makers asked within a minute`,
      facts: [
        {
          name: 'clients',
          value: clients,
          threshold: `>= ${most} in 60 s`,
          ...(!isOne && { demand: most }),
        },
        {
          name: 'makers of their MACs',
          value: window.makers.value(),
          threshold: '>= 80 % of the clients',
        },
        {
          name: 'clients whose frames came from another MAC',
          value: window.borrowed.value(),
          threshold: `>= ${most / FACELESS}`,
          ...(isOne && { demand: most / FACELESS }),
        },
      ],
      flows: [],
    },
    quietMs: QUIET_MS,
  })
}
