/**
 * The flows side of the agent, put together: one tick per second brings slots, totals, IP window,
 * coverage and status in the order in which their figures agree.
 */
import type { FlowsSection } from '@netscope/core/config/flows.ts'
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import type { ProcessInfo } from '@netscope/core/process.ts'
import type { Status, TcpTotals } from '@netscope/core/status.ts'
import type { Source } from '../source.ts'
import { createCoverageWatch } from './coverage.ts'
import { createDictionary, type Dictionary } from '../enrich/dictionary.ts'
import { createFlowDrops } from '../enrich/flow-drops.ts'
import { createFlowEnrichment } from '../enrich/flow-enrichment.ts'
import { createTraced } from '../sockets/traced.ts'
import { createSockets, type SocketsDeps } from '../sockets/sockets.ts'
import { createObservations, type ObservationsDeps } from '../observe/observations.ts'
import { createFlowMemory } from './flow-memory.ts'
import { createFlowTracker } from './flow-tracker.ts'
import { IpWindow } from './ip-window.ts'
import type { RecordSink } from './record-batch.ts'
import { ENRICHMENT_WORDS, WORDS } from './slot-words.ts'
import { createStatusReporter, type StatusDeps } from './status.ts'
import { Totals } from './totals.ts'

/** How often our counts are reconciled with the interfaces' counters. */
const COVERAGE_SECONDS = 10
/** Removed entries are out of every program's reach well within this time (RCU grace period). */
const GRACE_MS = 100

export interface FlowEngineConfig {
  flows: FlowsSection
  /** agent.ipWindowMaxAddresses */
  ipWindowMaxAddresses: number
  /** observe.hopAddresses */
  hopAddresses: number
}

/** Names and processes: some 200 bytes each. */
const DICTIONARY_ENTRIES = 32_768

type FromOthers = 'eventsWatched' | 'lists' | 'uplink' | 'programs' | 'degraded'

export interface FlowEngineDeps
  extends
    Pick<StatusDeps, FromOthers>,
    Pick<SocketsDeps, 'processes' | 'pidOfInode'>,
    Pick<ObservationsDeps, 'onObservation'> {
  source: Source
  /**
   * Takes records. Last records of flows come in calls of their own and must be taken whatever it
   * returns, as the uplink does.
   */
  onRecords: RecordSink
  /** Takes last records instead; those that it refuses are kept, with their slots. */
  onEndedRecords?: RecordSink
  /** The slot's flow is over and reported; its counters are final. */
  onForget?(slot: number): void
  /** Waits `ms`; needed only by flush of the ebpf source. */
  sleep?(ms: number): Promise<void>
}

export interface FlowEngine {
  /** What the ids in the records mean. */
  readonly dictionary: Dictionary
  /** Counts, reports and ends flows; call once a second, after the source's start. */
  tick(): Promise<void>
  /** Ends all flows; returns how many last records the uplink has not accepted (they are kept). */
  flush(): Promise<number>
  /** The listener knows no flow (a new connection): all live ones are reported in the next ticks. */
  republish(): void
  /** Reads a record of the observation ring. */
  observe(record: Uint8Array): void
  /** Who owns the sockets of a live flow at its lower and its higher endpoint, as far as it is known. */
  owners(slot: number): readonly [ProcessInfo | undefined, ProcessInfo | undefined]
  /**
   * Who owns the socket with this cookie: of an accepted connection its listener or who accepted it; of one that is older than
   * the agent, who holds it.
   */
  socketOwner(low: number, high: number): ProcessInfo | undefined
  /** Figures as of the last tick. */
  status(timeMs: number): Status
}

/** `source` must have started: its table is mapped. */
export const createFlowEngine = (config: FlowEngineConfig, deps: FlowEngineDeps): FlowEngine => {
  const { source, sleep = wait } = deps
  const { table } = source
  const totals = new Totals()
  const slots = new Uint32Array(table.slots.buffer, table.slots.byteOffset, table.capacity * WORDS)
  const ipWindow = new IpWindow(
    { maxAddresses: config.ipWindowMaxAddresses },
    slots,
    table.capacity,
  )
  const memory = createFlowMemory(table)
  const dictionary = createDictionary(DICTIONARY_ENTRIES, (mark) => {
    enrichment.markUsed(table.handedOut(), mark)
    for (const { owners } of sockets.sets) owners.markUsed(mark)
  })
  const sockets = createSockets({ ...deps, dictionary })
  const flowDrops = createFlowDrops(memory, dictionary.text)
  const observations = createObservations({
    hopAddresses: config.hopAddresses,
    memory,
    dictionary,
    handedOut: () => table.handedOut(),
    nowMs: () => source.nowNs() / 1e6,
    wallOffsetMs: () => source.wallOffsetMs(),
    interfaceName: (ifindex) => interfaces.find((one) => one.ifindex === ifindex)?.name ?? '',
    onObservation: deps.onObservation,
  })
  const enrichment = createFlowEnrichment({
    memory,
    sockets,
    others: [flowDrops.enrich, observations.flowNames.refresh],
  })
  const traced =
    source.readTraces &&
    createTraced({
      read: source.readTraces,
      sockets,
      flowDrops,
      interfaceName: (ifindex) =>
        interfaces.find((one) => one.ifindex === ifindex)?.name ?? `if${ifindex}`,
      netns: source.netns?.inode ?? 0,
    })
  const tcpTotals = (): TcpTotals | undefined => {
    const tcp = sockets.tcp()
    return tcp && traced ? { ...tcp, drops: traced.tcpDrops() } : tcp
  }
  const tracker = createFlowTracker(config.flows, {
    table,
    memory,
    enrich: enrichment.refresh,
    totals,
    senders: ipWindow.senders,
    onActivity: (activity) => ipWindow.take(activity),
    onForget: (slot) => {
      ipWindow.forget(slot)
      enrichment.forget(slot)
      flowDrops.forget(slot)
      observations.flowNames.forget(slot)
      deps.onForget?.(slot)
    },
    onRecords: deps.onRecords,
    onEndedRecords:
      deps.onEndedRecords ??
      ((records, count) => {
        deps.onRecords(records, count)
        return true
      }),
    overflow: () => source.overflow(),
    // Only the kernel counts while we run.
    grace: () => (source.name === 'ebpf' ? sleep(GRACE_MS) : Promise.resolve()),
  })
  const coverage = createCoverageWatch(source, totals)
  const reporter = createStatusReporter({
    ...deps,
    totals,
    ipWindow,
    tracker: tracker.stats,
    coverage: coverage.report,
    sockets: () => ({ used: sockets.used(), tcp: tcpTotals(), limits: sockets.limits() }),
    drops: () => traced?.drops(),
    dns: () => observations.dnsServers(source.nowNs() / 1e6),
    degraded: () => [
      ...sockets.reasons(),
      ...(traced?.reasons() ?? []),
      ...(dictionary.refused() === 0
        ? []
        : [
            `${dictionary.refused()} names or processes could not be told: too many are in use at a time.`,
          ]),
      ...deps.degraded(),
    ],
  })
  let interfaces = source.interfaces()
  let lastNs = -1
  let reconciledNs = -Infinity

  /** Returns what the coverage compares with what is counted from here on; nothing before its time. */
  const begin = (nowNs: number) => {
    interfaces = source.interfaces()
    totals.setInterfaces(interfaces)
    ipWindow.advance(Math.floor(nowNs / 1e9))
    if (nowNs - reconciledNs < COVERAGE_SECONDS * 1e9) return undefined
    reconciledNs = nowNs
    return { interfaces, hooks: source.hookCounters() }
  }

  const run = async <T>(work: (nowNs: number) => Promise<T>): Promise<T> => {
    const nowNs = source.nowNs()
    const before = begin(nowNs)
    sockets.tick()
    traced?.tick()
    observations.tick()
    await nextTurn()
    const result = await work(nowNs)
    totals.fold(lastNs < 0 ? 1 : Math.max(0, nowNs - lastNs) / 1e9, source.overflow())
    lastNs = nowNs
    if (before) coverage.update(before.interfaces, before.hooks)
    return result
  }

  return {
    dictionary,
    tick: () => run(tracker.tick),
    flush: () => run(tracker.flush),
    republish: tracker.republish,
    observe: observations.take,
    owners: (slot) => {
      enrichment.refresh(slot)
      const at = slot * ENRICHMENT_WORDS + ENRICHMENT.process / 4
      const of = (side: number) => dictionary.processOf(memory.enrichment[at + side] ?? 0)
      return [of(0), of(1)]
    },
    socketOwner: (low, high) => dictionary.processOf(sockets.ownerOf(low, high)),
    status: (timeMs) => reporter.report(timeMs, interfaces),
  }
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
