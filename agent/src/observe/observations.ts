/** What observed frames say: names for flows, DNS servers, and what hosts say about themselves. */
import type { Observation } from '@netscope/core/observation.ts'
import type { DnsServer } from '@netscope/core/status.ts'
import { createClientNames } from '../names/client-names.ts'
import { createDeviceNames } from '../names/device-names.ts'
import { createDnsSummaries } from '../names/dns-summaries.ts'
import { createDnsTraffic } from '../names/dns-traffic.ts'
import { createFlowNames, type FlowNames, type FlowNamesDeps } from '../names/flow-names.ts'
import { createNamesCache } from '../names/names-cache.ts'
import { decodeFrame, frameFields, type FrameMeta } from './decode-frame.ts'
import { createNextHops } from './next-hops.ts'
import { readObservedFrame, vlansOf, type ObservedFrame } from './observed-frame.ts'

export interface ObservationsDeps extends Pick<
  FlowNamesDeps,
  'memory' | 'handedOut' | 'dictionary' | 'nowMs'
> {
  /** observe.hopAddresses */
  hopAddresses: number
  /** Milliseconds since 1970 when the source's clock was 0. */
  wallOffsetMs(): number
  interfaceName(ifindex: number): string
  /** Takes what hosts say about themselves, and what they ask of DNS. */
  onObservation(observation: Observation): void
}

export interface Observations {
  /** Reads one record of the ring. */
  take(record: Uint8Array): void
  readonly flowNames: FlowNames
  dnsServers(nowMs: number): DnsServer[]
  /** Hands on what was asked of DNS some seconds ago; call about once a second. */
  tick(): void
  /** Hands on all that was asked of DNS. */
  flush(): void
}

/** Some 10 MB. */
const MAX_NAMES = 20_000

export const createObservations = (deps: ObservationsDeps): Observations => {
  const names = createNamesCache({ maxEntries: MAX_NAMES })
  const devices = createDeviceNames()
  const metaOf = ({ timeMs, ifindex, direction, vlan }: ObservedFrame): FrameMeta => ({
    timeMs: timeMs + deps.wallOffsetMs(),
    interface: deps.interfaceName(ifindex),
    ifindex,
    direction,
    vlan,
  })
  const summaries = createDnsSummaries({}, { onSummary: deps.onObservation })
  const dns = createDnsTraffic({
    names,
    summaries,
    sharedFields: (frame) => frameFields(frame.bytes, frame.linkHeaderBytes, metaOf(frame)),
    wallOffsetMs: deps.wallOffsetMs,
  })
  const nextHops = createNextHops(deps.hopAddresses, deps)
  const hopFields = (frame: ObservedFrame) => {
    const meta = metaOf(frame)
    const { vlan, innerVlan } = vlansOf(frame)
    return { ...frameFields(frame.bytes, frame.linkHeaderBytes, meta), vlan, innerVlan }
  }
  const clientNames = createClientNames()
  const flowNames = createFlowNames({ ...deps, names, devices })

  const observe = (frame: ObservedFrame): void => {
    const observation = decodeFrame(frame.bytes, frame.linkHeaderBytes, metaOf(frame))
    if (observation === undefined) return
    devices.take(observation, frame.timeMs)
    nextHops.note(observation)
    deps.onObservation(observation)
  }

  return {
    take(record) {
      const frame = readObservedFrame(record)
      if (frame.kind === 'dns') return dns.take(frame)
      if (frame.kind === 'hop') return nextHops.take(frame, () => hopFields(frame))
      const isClients = frame.kind === 'tls' || frame.kind === 'quic' || frame.kind === 'http'
      if (!isClients) return observe(frame)
      const found = clientNames(frame)
      if (found) flowNames.write(frame.slot, frame.key, found)
    },
    flowNames,
    dnsServers: dns.servers,
    tick: () => summaries.tick(deps.nowMs() + deps.wallOffsetMs()),
    flush: summaries.flush,
  }
}
