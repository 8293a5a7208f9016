/** Assembles what the agent tells every second besides flows. */
import type { DropTotal, Status, TcpTotals } from '@netscope/core/status.ts'
import type { Capability, Interface, InterfaceCounters, Source } from '../source.ts'
import type { CoverageReport } from './coverage.ts'
import type { FlowTrackerStats } from './flow-tracker.ts'
import type { IpWindow } from './ip-window.ts'
import type { Totals } from './totals.ts'

const TOP_ADDRESSES = 10

/** What other parts of the agent know. */
export interface StatusDeps {
  source: Pick<Source, 'capabilities' | 'events' | 'observations' | 'sockets'>
  totals: Totals
  ipWindow: IpWindow
  tracker(): FlowTrackerStats
  coverage(): CoverageReport
  /** Sockets that are followed, and what all have done; undefined where no program sees sockets. */
  sockets(): { used: number; tcp: TcpTotals | undefined; limits: Capability[] }
  /** Drops by interface and reason; undefined without tracing. */
  drops(): DropTotal[] | undefined
  dns(): Status['dns']
  eventsWatched(): boolean
  lists(): Status['lists']
  uplink(): { droppedRecords: number; queuedBytes: number }
  programs(): Status['programs']
  /** Reasons why other parts are not as they should be. */
  degraded(): string[]
}

export interface StatusReporter {
  /** Status at `timeMs` since 1970, with the interfaces as they are then. */
  report(timeMs: number, interfaces: readonly Interface[]): Status
}

/** Reports rates of interfaces since its previous report. */
export const createStatusReporter = (deps: StatusDeps): StatusReporter => {
  const ratesOf = createInterfaceRates()
  let [overflowed, overflowedMs] = [0, -Infinity]
  return {
    report(timeMs, interfaces) {
      const { totals, ipWindow } = deps
      const tracker = deps.tracker()
      const coverage = deps.coverage()
      const average = totals.average()
      const active = ipWindow.active()
      const overflow = totals.overflow()
      if (overflow.packets > overflowed) [overflowed, overflowedMs] = [overflow.packets, timeMs]
      const capabilities = [...deps.source.capabilities(), ...deps.sockets().limits]
      const rates = ratesOf(interfaces, timeMs)
      return {
        timeMs,
        totals: totals.rows(),
        packetsPerSecond: average.packets,
        bytesPerSecond: average.bytes,
        lastSecond: totals.lastSecond,
        activeIps: active.addresses,
        activeIpsAtLeast: active.atLeast,
        activeFlows: tracker.activeFlows,
        topIps: ipWindow.top(TOP_ADDRESSES),
        interfaces: interfaces.map((one, index) => ({
          name: one.name,
          ifindex: one.ifindex,
          kind: one.kind,
          ...(one.attached === undefined ? {} : { attached: one.attached }),
          ...(one.reason === undefined ? {} : { reason: one.reason }),
          leaf: one.leaf,
          ...rates[index]!,
          ...optionalCoverage(coverage, one.ifindex),
        })),
        coverage: coverage.whole,
        flowTable: {
          used: tracker.used,
          capacity: tracker.capacity,
          overflowPackets: overflow.packets,
          overflowBytes: overflow.bytes,
        },
        ...socketsOf(deps),
        ...dropsOf(deps),
        dns: deps.dns(),
        observations: deps.source.observations.counts(),
        events: { watched: deps.eventsWatched(), ...deps.source.events.counts() },
        lists: deps.lists(),
        capabilities,
        degraded: [
          ...capabilities
            .filter(({ ok, isExtra }) => !ok && !isExtra)
            .map(({ name, reason }) => reason ?? `${name} is missing`),
          ...tableReasons(tracker, timeMs - overflowedMs < TOLD_MS),
          ...deps.degraded(),
        ],
        agent: agentOf(deps.uplink()),
        programs: deps.programs(),
      }
    },
  }
}

const socketsOf = ({ source, sockets }: StatusDeps): Pick<Status, 'tcp' | 'rtt' | 'sockets'> => {
  const { used, tcp } = sockets()
  const { capacity = 0 } = source.sockets ?? {}
  return {
    ...(tcp && { tcp }),
    rtt: source.sockets?.rtt() ?? [],
    sockets: { used, capacity, overflow: source.sockets?.overflow() ?? 0 },
  }
}

const dropsOf = ({ drops }: StatusDeps): Pick<Status, 'drops'> => {
  const found = drops()
  return found ? { drops: found } : {}
}

const optionalCoverage = ({ byIfindex }: CoverageReport, ifindex: number) => {
  const coverage = byIfindex.get(ifindex)
  return coverage === undefined ? {} : { coverage }
}

/** How long it is told that packets had no entry: a flood's own leave the table within seconds. */
const TOLD_MS = 60_000

const tableReasons = (
  { pressureSeconds, used, capacity, blocked }: FlowTrackerStats,
  hasOverflowed: boolean,
): string[] => {
  const reasons: string[] = []
  if (used >= capacity || hasOverflowed) {
    reasons.push(
      `The flow table ${used >= capacity ? 'is' : 'was'} full (${capacity} entries): new flows are counted in the totals only. Raise flows.tableSize.`,
    )
  } else if (pressureSeconds !== Infinity) {
    reasons.push(
      `The flow table is nearly full (${used} of ${capacity} entries): flows end after ${pressureSeconds} s of silence. Raise flows.tableSize.`,
    )
  }
  if (blocked) reasons.push('The uplink takes no more flow records: reports are late.')
  return reasons
}

const agentOf = ({
  droppedRecords,
  queuedBytes,
}: ReturnType<StatusDeps['uplink']>): Status['agent'] => {
  const { user, system } = process.cpuUsage()
  return {
    rssBytes: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1e6,
    uplinkDroppedRecords: droppedRecords,
    uplinkQueuedBytes: queuedBytes,
  }
}

interface Rates {
  rxBytesPerSecond: number
  txBytesPerSecond: number
}

/** Rates since the previous call, of the interfaces that were there then. */
const createInterfaceRates = () => {
  let before = new Map<number, InterfaceCounters>()
  let beforeMs = 0
  return (interfaces: readonly Interface[], timeMs: number): Rates[] => {
    const seconds = (timeMs - beforeMs) / 1000
    const rate = (now: number, last: number | undefined) =>
      last === undefined || seconds <= 0 ? 0 : Math.max(0, now - last) / seconds
    const rates = interfaces.map(({ ifindex, now }) => ({
      rxBytesPerSecond: rate(now.rxBytes, before.get(ifindex)?.rxBytes),
      txBytesPerSecond: rate(now.txBytes, before.get(ifindex)?.txBytes),
    }))
    before = new Map(interfaces.map(({ ifindex, now }) => [ifindex, { ...now }]))
    beforeMs = timeMs
    return rates
  }
}
