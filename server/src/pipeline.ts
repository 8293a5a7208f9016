/**
 * The way of everything that an agent sends, top to bottom: a flow record goes to the live mirror or to
 * the ended flows, the meaning of its ids to the dictionary, what hosts say to the devices, an event to whoever
 * watches, status and replies to whoever asked.
 */
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { EVENT_BYTES } from '@netscope/core/slot.ts'
import { FRAME } from '@netscope/core/wire.ts'
import type { Hello } from '@netscope/core/wire.ts'
import type { Agent, AgentLink, Agents } from './agents.ts'
import type { Captures } from './captures/captures.ts'
import type { Commands } from './commands.ts'
import type { Devices } from './devices/devices.ts'
import type { Flows } from './flows/flows.ts'
import type { TrafficHistory } from './flows/traffic-history.ts'
import { openBatch, recordProblem } from './ingest/batch.ts'
import {
  parseDiagnosis,
  parseDictionary,
  parseObservations,
  parseReply,
  parseStatus,
} from './ingest/messages.ts'
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
  /** Milliseconds of a clock that never steps back. */
  now(): number
  /** Tells the agent whether packet events are wanted; called whenever it has connected. */
  sendWatch(agent: Agent): void
}

export interface Pipeline {
  readonly counts: {
    flowRecords: number
    endedRecords: number
    eventRecords: number
    statuses: number
    observations: number
  }
  /** undefined: this agent can't be taken. */
  connected(hello: Hello, link: AgentLink): Agent | undefined
  disconnected(agent: Agent, link: AgentLink): void
  /** Takes in the payload of a frame; returns what is wrong with it, if anything is. */
  take(agent: Agent, type: number, payload: Uint8Array): string | undefined
}

export const createPipeline = (deps: PipelineDeps): Pipeline => {
  const { agents, flows, events, commands, captures, traffic, tcp, devices } = deps
  const counts = { flowRecords: 0, endedRecords: 0, eventRecords: 0, statuses: 0, observations: 0 }

  const takeFlows = (agent: Agent, payload: Uint8Array): string | undefined => {
    const batch = openBatch(payload, RECORD_BYTES)
    if (typeof batch === 'string') return batch
    const { context, mirror } = flows.of(agent.name)
    const { flowCapacity } = agent.hello
    const nowMs = deps.now()
    context.wallOffsetMs = batch.wallOffsetMs
    const reader = new FlowReader(batch.records, context)
    const toDevices = devices.flowsOf(agent.name)
    counts.flowRecords += batch.count
    for (let at = 0; at < batch.records.length; at += RECORD_BYTES) {
      const problem = recordProblem(batch.view, at, flowCapacity)
      if (problem !== undefined) return problem
      const slot = batch.view.getUint32(at, true)
      const hasEnded = batch.view.getUint32(at + 4, true) !== 0
      toDevices(reader.seek(at), mirror.at(slot))
      if (hasEnded) {
        mirror.remove(slot)
        flows.ended.add(batch.records, at, context)
        counts.endedRecords++
      } else mirror.put(slot, batch.records, at, nowMs)
      tcp.take(agent.name, batch.view, at, batch.wallOffsetMs)
    }
    return undefined
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
    connected(hello, link) {
      const agent = agents.arrive(hello, link)
      if (!agent) return undefined
      commands.abandon(agent.name)
      captures.abandon(agent.name)
      flows.connected(agent.name, hello.startedAtMs)
      tcp.connected(agent.name, hello.startedAtMs)
      deps.sendWatch(agent)
      return agent
    },
    disconnected(agent, link) {
      if (!agents.leave(agent, link)) return
      commands.abandon(agent.name)
      captures.abandon(agent.name)
      flows.disconnected(agent.name)
    },
    take(agent, type, payload) {
      if (type === FRAME.flows) return takeFlows(agent, payload)
      if (type === FRAME.events) return takeEvents(agent, payload)
      if (type === FRAME.status) return takeStatus(agent, payload)
      if (type === FRAME.capture) return captures.take(agent.name, payload)
      if (type === FRAME.reply) return takeReply(agent, payload)
      if (type === FRAME.dictionary) return takeDictionary(agent, payload)
      if (type === FRAME.diagnosis) return takeDiagnosis(agent, payload)
      if (type === FRAME.observations) return takeObservations(agent, payload)
      return undefined
    },
  }
}
