/**
 * The way of everything that an agent sends, top to bottom: a flow record goes to the live mirror or to
 * the ended flows, the meaning of its ids to the dictionary, what hosts say to the devices, both to the detectors,
 * an event to whoever watches, status and replies to whoever asked.
 */
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { EVENT_BYTES } from '@netscope/core/slot.ts'
import { FRAME } from '@netscope/core/wire.ts'
import type { Hello } from '@netscope/core/wire.ts'
import type { Agent, AgentLink, Agents } from './agents.ts'
import type { Captures } from './captures/captures.ts'
import type { Commands } from './commands.ts'
import type { Detection } from './detect/detection.ts'
import type { Devices } from './devices/devices.ts'
import type { Exports } from './export/exports.ts'
import type { Flows } from './flows/flows.ts'
import type { TrafficHistory } from './flows/traffic-history.ts'
import { createAcceptedBatches } from './ingest/accepted-batches.ts'
import { openBatch, recordProblem } from './ingest/batch.ts'
import type { Batch } from './ingest/batch.ts'
import { openSpooledBatch } from './ingest/spooled-batch.ts'
import type { WholeBatch } from './ingest/spooled-batch.ts'
import {
  parseDiagnosis,
  parseDictionary,
  parseObservations,
  parseReply,
  parseStatus,
} from './ingest/messages.ts'
import type { LiveFlows } from './live/live-flows.ts'
import { createDueParts } from './store/due-parts.ts'
import type { FlowStore } from './store/flow-store.ts'
import type { EventStream } from './stream/event-stream.ts'
import type { TcpBooks } from './tcp/tcp-books.ts'

export interface PipelineDeps {
  agents: Agents
  flows: Flows
  events: EventStream
  commands: Commands
  captures: Pick<Captures, 'take' | 'abandon'>
  traffic: TrafficHistory
  tcp: TcpBooks
  devices: Pick<Devices, 'observe' | 'flowsOf' | 'setInterfaces'>
  detection: Pick<Detection, 'connected' | 'record' | 'observe'>
  /** Where records of ended flows become durable. */
  history: Pick<FlowStore, 'append' | 'lastSeq'>
  /** Where ended flows go to other systems. */
  exports: Pick<Exports, 'flows'>
  /** A flow that lives longer is stored in parts, one each time this has passed. */
  activeMs: number
  /** Whoever watches records as they come in. */
  live: Pick<LiveFlows, 'take'>
  /** Milliseconds of a clock that never steps back. */
  now(): number
  /** Called whenever an agent has connected. */
  onConnected(agent: Agent): void
}

export interface Pipeline {
  readonly counts: {
    flowRecords: number
    endedRecords: number
    eventRecords: number
    statuses: number
    observations: number
    /** Batches that came again because their acknowledgement was lost. */
    repeatedBatches: number
  }
  /** undefined: this agent can't be taken. */
  connected(hello: Hello, link: AgentLink, from: string): Agent | undefined
  disconnected(agent: Agent, link: AgentLink): void
  /**
   * Takes in the payload of a frame, or says what is wrong with it. What must be durable before the frame is
   * acknowledged is a promise; it rejects when that cannot be.
   */
  take(agent: Agent, type: number, seq: number, payload: Uint8Array): Taken
  /** Takes in flows that another program has reported over the API; resolves when they are durable. */
  takeReported(agent: string, batch: WholeBatch): Promise<void>
}

export type Taken = string | undefined | Promise<void>

export const createPipeline = (deps: PipelineDeps): Pipeline => {
  const { agents, flows, events, commands, captures, traffic, tcp, devices, detection, history } =
    deps
  const counts = {
    flowRecords: 0,
    endedRecords: 0,
    eventRecords: 0,
    statuses: 0,
    observations: 0,
    repeatedBatches: 0,
  }
  const accepted = createAcceptedBatches(history.lastSeq)
  const parts = createDueParts(deps.activeMs)

  const takeFlows = (agent: Agent, seq: number, payload: Uint8Array): Taken => {
    const batch = openBatch(payload, RECORD_BYTES)
    if (typeof batch === 'string') return batch
    const { context, mirror } = flows.of(agent.name)
    const { flowCapacity, epoch } = agent.hello
    const nowMs = deps.now()
    context.wallOffsetMs = batch.wallOffsetMs
    const reader = new FlowReader(batch.records, context)
    const toDevices = devices.flowsOf(agent.name)
    counts.flowRecords += batch.count
    let ended = 0
    const kept: number[] = []
    for (let at = 0; at < batch.records.length; at += RECORD_BYTES) {
      const problem = recordProblem(batch.view, at, flowCapacity)
      if (problem !== undefined) return problem
      const slot = batch.view.getUint32(at, true)
      const hasEnded = batch.view.getUint32(at + 4, true) !== 0
      const before = mirror.at(slot)
      toDevices(reader.seek(at), before)
      detection.record(reader, !before)
      if (hasEnded) {
        mirror.remove(slot)
        flows.ended.add(batch.records, at, context)
        parts.ended(agent.name, slot)
        kept.push(at)
        ended++
      } else {
        mirror.put(slot, batch.records, at, nowMs)
        if (parts.isDue(agent.name, slot, nowMs)) kept.push(at)
      }
      tcp.take(agent.name, batch.view, at, batch.wallOffsetMs)
    }
    counts.endedRecords += ended
    deps.live.take(batch.records, context)
    if (kept.length === 0) return undefined
    accepted.add(agent.name, epoch, seq)
    const records = kept.length === batch.count ? batch.records : recordsAt(batch, kept)
    if (ended > 0) deps.exports.flows(agent.name, records, context)
    return history.append({ agent: agent.name, epoch, seq, records, context })
  }

  const keepEnded = (agent: string, batch: WholeBatch): Promise<void> => {
    const { records, context } = batch
    const reader = new FlowReader(records, context)
    for (let at = 0; at < records.length; at += RECORD_BYTES) {
      detection.record(reader.seek(at), true)
      flows.ended.add(records, at, context)
    }
    deps.exports.flows(agent, records, context)
    counts.flowRecords += records.length / RECORD_BYTES
    counts.endedRecords += records.length / RECORD_BYTES
    return history.append({ agent, ...batch })
  }

  /** Records of flows that ended while the server was away. */
  const takeSpooled = (agent: Agent, payload: Uint8Array): Taken => {
    const batch = openSpooledBatch(agent.name, payload)
    if (typeof batch === 'string') return batch
    const { records, context, epoch, seq } = batch
    if (!accepted.add(agent.name, epoch, seq)) {
      counts.repeatedBatches++
      // The store leaves it out, and knows when the first one is durable.
      return history.append({ agent: agent.name, ...batch })
    }
    const reader = new FlowReader(records, context)
    const toDevices = devices.flowsOf(agent.name)
    for (let at = 0; at < records.length; at += RECORD_BYTES) toDevices(reader.seek(at), undefined)
    return keepEnded(agent.name, batch)
  }

  const takeEvents = (agent: Agent, payload: Uint8Array): string | undefined => {
    const batch = openBatch(payload, EVENT_BYTES)
    if (typeof batch === 'string') return batch
    counts.eventRecords += batch.count
    const { context } = flows.of(agent.name)
    context.wallOffsetMs = batch.wallOffsetMs
    events.publish(batch, context)
    return undefined
  }

  const takeStatus = (agent: Agent, payload: Uint8Array): string | undefined => {
    const status = parseStatus(payload)
    if ('problem' in status) return status.problem
    counts.statuses++
    agent.status = status.value
    flows.of(agent.name).context.name(status.value.interfaces)
    devices.setInterfaces(agent.name, status.value.interfaces)
    if (status.value.tcp) tcp.settle(agent.name, status.value.tcp, status.value.timeMs)
    traffic.add(agent.name, status.value.timeMs, status.value.lastSecond)
    return undefined
  }

  const takeReply = (agent: Agent, payload: Uint8Array): string | undefined => {
    const reply = parseReply(payload)
    if ('problem' in reply) return reply.problem
    commands.reply(agent.name, reply.value)
    return undefined
  }

  const takeDictionary = (agent: Agent, payload: Uint8Array): string | undefined => {
    const dictionary = parseDictionary(payload)
    if ('problem' in dictionary) return dictionary.problem
    flows.addToDictionary(agent.name, dictionary.value)
    return undefined
  }

  const takeObservations = (agent: Agent, payload: Uint8Array): string | undefined => {
    const batch = parseObservations(payload)
    if ('problem' in batch) return batch.problem
    counts.observations += batch.value.observations.length
    devices.observe(agent.name, batch.value.observations)
    detection.observe(agent.name, batch.value.observations)
    return undefined
  }

  const takeDiagnosis = (agent: Agent, payload: Uint8Array): string | undefined => {
    const diagnosis = parseDiagnosis(payload)
    if ('problem' in diagnosis) return diagnosis.problem
    agent.diagnosis = diagnosis.value
    return undefined
  }

  return {
    counts,
    connected(hello, link, from) {
      const agent = agents.arrive(hello, link, from)
      if (!agent) return undefined
      commands.abandon(agent.name)
      captures.abandon(agent.name)
      flows.connected(agent.name, hello.startedAtMs)
      tcp.connected(agent.name, hello.startedAtMs)
      detection.connected(agent.name, hello.startedAtMs)
      deps.onConnected(agent)
      return agent
    },
    disconnected(agent, link) {
      if (!agents.leave(agent, link)) return
      commands.abandon(agent.name)
      captures.abandon(agent.name)
      flows.disconnected(agent.name)
    },
    take(agent, type, seq, payload) {
      if (type === FRAME.flows) return takeFlows(agent, seq, payload)
      if (type === FRAME.spooled) return takeSpooled(agent, payload)
      if (type === FRAME.events) return takeEvents(agent, payload)
      if (type === FRAME.status) return takeStatus(agent, payload)
      if (type === FRAME.capture) return captures.take(agent.name, payload)
      if (type === FRAME.reply) return takeReply(agent, payload)
      if (type === FRAME.dictionary) return takeDictionary(agent, payload)
      if (type === FRAME.diagnosis) return takeDiagnosis(agent, payload)
      if (type === FRAME.observations) return takeObservations(agent, payload)
      return undefined
    },
    takeReported: keepEnded,
  }
}

/** The records at these offsets. */
const recordsAt = ({ records }: Batch, offsets: readonly number[]): Buffer => {
  const kept = Buffer.allocUnsafe(offsets.length * RECORD_BYTES)
  for (const [index, at] of offsets.entries())
    records.copy(kept, index * RECORD_BYTES, at, at + RECORD_BYTES)
  return kept
}
