/** Runs captures through the whole line with their own clock: engine, tracker, records, JSON lines. */
import type { Writable } from 'node:stream'
import type { FlowsSection } from '@netscope/core/config/flows.ts'
import type { ObserveSection } from '@netscope/core/config/observe.ts'
import { type FlowContext } from '@netscope/core/flow-record.ts'
import type { ReplaySummary } from '@netscope/core/replay.ts'
import { createFlowMemory, type FlowMemory } from '../flows/flow-memory.ts'
import { createFlowTracker, type FlowTracker } from '../flows/flow-tracker.ts'
import { IpWindow } from '../flows/ip-window.ts'
import { Totals } from '../flows/totals.ts'
import type { CapturePacket, CaptureSink } from '../pcap/capture.ts'
import { openCapture } from '../pcap/read-capture.ts'
import { createEngine, type Engine } from '../wasm/engine.ts'
import { createCaptureClock, type CaptureClock } from './capture-clock.ts'
import { createCaptureTime, LAST_SECOND, type CaptureTime } from './capture-time.ts'
import { createFlowOutput, type FlowOutput } from './flow-output.ts'
import { createPacketCounter, type PacketCounter } from './packet-counter.ts'
import { createProblemLog } from './problem-log.ts'
import {
  createReplayDetection,
  type KnownDetectionSink,
  type ReplayDetection,
  type ReplayDetectionConfig,
} from './replay-detection.ts'
import { createReplayNames, type ReplayNames } from './replay-names.ts'
import { summarize } from './summary.ts'

/** What the flows of captures name as their agent. */
const AGENT = 'replay'
/** Entries that are looked at in next to no time. */
const CHEAP_ENTRIES = 4096

export interface ReplayConfig extends ReplayDetectionConfig {
  flows: FlowsSection
  observe: Pick<ObserveSection, 'enabled' | 'httpHost'>
  network: { sshPorts: readonly number[] }
}

export interface ReplayDeps {
  output: Writable
  /** Called now and then with the bytes of all files read so far and the packets. */
  onProgress?(bytes: number, packets: number): void
  /** Told of each change of a detection, with the capture's time at which it became known. */
  onDetection?: KnownDetectionSink
  /** Asked now and then: true ends the replay with what was read so far. */
  isStopped?(): boolean
}

export interface ReplayResult {
  summary: ReplaySummary
  /** Whether at least one file could be read. */
  ok: boolean
}

/** Reads the files in the given order as one stretch of time ('-' is standard input) and prints their flows. */
export const replay = async (
  files: readonly string[],
  config: ReplayConfig,
  deps: ReplayDeps,
): Promise<ReplayResult> => {
  const engine = createEngine({
    capacity: config.flows.tableSize,
    sshPorts: config.network.sshPorts,
    listCapacity: 0,
  })
  const time = createCaptureTime()
  const counter = createPacketCounter(engine, time)
  const memory = createFlowMemory(engine.table)
  const output = createFlowOutput(deps.output)
  const detection = createReplayDetection(config, {
    agent: AGENT,
    output,
    onDetection: deps.onDetection,
  })
  const names = createReplayNames(config.observe, {
    engine,
    memory,
    time,
    interfaceName: counter.interfaces.name,
    onObservation: detection.observation,
  })
  const clock = createCaptureClock(createThrift(() => tracker.stats().used, engine, counter))
  const problems = createProblemLog()
  const tracker = createTracker(config.flows, {
    engine,
    memory,
    counter,
    time,
    output,
    detection,
    names,
  })
  const gate = createGate(clock, { counter, names, detection, badRecord: problems.badRecord })

  if (files.length > 1) await beginAtEarliest(files, time)
  let bytesBefore = 0
  for (const file of files) {
    const capture = openCapture(file, gate.sink)
    for await (const _ of capture.pieces()) {
      await gate.resume(tracker)
      await output.drained()
      deps.onProgress?.(bytesBefore + capture.bytesRead(), counter.read())
      if (deps.isStopped?.()) break
    }
    bytesBefore += capture.bytesRead()
    problems.endOfFile(file, capture)
    if (deps.isStopped?.()) {
      problems.stopped(file)
      break
    }
  }
  if (!Number.isNaN(clock.second())) detection.until(wallMs(clock.second() + 1))
  names.flush()
  await tracker.flush(clock.end() * 1e9)
  detection.flush()
  for (const failure of detection.failures()) problems.fault(files, failure)
  problems.implausibleTimes(files, time.implausible())
  const summary = summarize(files, counter.account(), output.totals(), time, problems)
  output.line(summary)
  await output.drained()
  return { summary, ok: problems.readable() }
}

/**
 * Whether a tick would cost more than the packets since the last one: it looks at every entry that was
 * ever in use, which takes about a sixteenth of the time of a packet each. A table that fills up can't wait.
 */
const createThrift = (
  used: () => number,
  engine: Engine,
  counter: PacketCounter,
): (() => boolean) => {
  let packetsAtTick = 0
  return () => {
    const entries = Math.min(engine.table.handedOut(), engine.table.capacity)
    const isDear =
      entries > CHEAP_ENTRIES &&
      counter.read() - packetsAtTick < entries / 16 &&
      used() < engine.table.capacity / 2
    if (!isDear) packetsAtTick = counter.read()
    return isDear
  }
}

interface GateDeps {
  counter: PacketCounter
  names: ReplayNames
  detection: ReplayDetection
  badRecord(cause: string): void
}

/** Lets packets of one second through; the first of another one waits until the tracker has ticked. */
const createGate = (clock: CaptureClock, { counter, names, detection, badRecord }: GateDeps) => {
  let waiting: CapturePacket | undefined
  const count = (packet: CapturePacket): void => {
    counter.count(packet)
    names.take()
  }
  const sink: CaptureSink = {
    packet: (packet) => {
      if (clock.isDue(packet.seconds)) {
        waiting = packet
        return true
      }
      count(packet)
      return false
    },
    badRecord: (cause) => {
      counter.badRecord()
      badRecord(cause)
    },
  }
  const resume = async (tracker: FlowTracker): Promise<void> => {
    if (waiting === undefined) return
    const before = clock.second()
    const moments = clock.ticks(waiting.seconds)
    detection.until(wallMs(waiting.seconds))
    for (const [i, moment] of moments.entries()) {
      const isBeforeGap = i < moments.length - 1
      detection.until(wallMs(isBeforeGap ? before + 1 : waiting.seconds))
      names.tick()
      await tracker.tick(moment * 1e9)
      detection.tick()
    }
    if (moments.length === 0) detection.tick()
    count(waiting)
    waiting = undefined
  }
  return { sink, resume }
}

const wallMs = (second: number): number => Math.min(Math.max(second, 0), LAST_SECOND) * 1000

interface TrackerParts {
  engine: Engine
  memory: FlowMemory
  counter: PacketCounter
  time: CaptureTime
  output: FlowOutput
  detection: ReplayDetection
  names: ReplayNames
}

const createTracker = (
  config: FlowsSection,
  { engine, memory, counter, time, output, detection, names }: TrackerParts,
): FlowTracker => {
  // The tracker pauses when its clock says that a slice is over: here, when the output is full.
  let slice = 0
  const interfaceName = counter.interfaces.name
  // Who sends how much is not asked here: the smallest window there is.
  const slots = new Uint32Array(engine.table.slots.buffer, engine.table.slots.byteOffset)
  const { senders } = new IpWindow({ maxAddresses: 64 }, slots, engine.table.capacity)
  const context = (): FlowContext => ({
    agent: AGENT,
    wallOffsetMs: time.wallOffsetMs(),
    interfaceName,
    text: names.dictionary.textOf,
    process: () => undefined,
  })
  return createFlowTracker(config, {
    table: engine.table,
    memory,
    enrich: names.enrichment.refresh,
    totals: new Totals(),
    senders,
    onActivity: () => undefined,
    onForget: names.enrichment.forget,
    onRecords: (records, count) => {
      detection.records(records, count, context())
      return true
    },
    onEndedRecords: (records, count) => {
      detection.records(records, count, context())
      output.records(records, count, context())
      names.dictionary.takeNew() // nobody is told of ids
      return true
    },
    grace: async () => undefined,
    clock: () => (output.isFull() ? (slice += 1000) : slice),
    pause: output.drained,
  })
}

/** Several files may be named in any order: the engine's clock begins before all of them. */
const beginAtEarliest = async (files: readonly string[], time: CaptureTime): Promise<void> => {
  let earliest = Number.POSITIVE_INFINITY
  const sink: CaptureSink = {
    packet: ({ seconds }) => {
      earliest = Math.min(earliest, seconds)
      return true
    },
    badRecord: () => undefined,
  }
  for (const file of files) {
    if (file === '-') continue
    const before = earliest
    earliest = Number.POSITIVE_INFINITY
    for await (const _ of openCapture(file, sink).pieces()) if (Number.isFinite(earliest)) break
    earliest = Math.min(earliest, before)
  }
  if (Number.isFinite(earliest)) time.begin(earliest)
}
