/** The health of this server: what came in, what went out, what was lost on the way, what it costs. */
import type { Commands } from '../commands.ts'
import type { Devices } from '../devices/devices.ts'
import type { Flows } from '../flows/flows.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { Pipeline } from '../pipeline.ts'
import type { FlowStore } from '../store/flow-store.ts'
import type { EventStream } from '../stream/event-stream.ts'
import type { SseConnections } from '../stream/sse.ts'
import { counter, gauge, one } from './family.ts'
import type { Family, FamilyType } from './family.ts'

export interface ServerFamilyDeps {
  ingest: Ingest
  pipeline: Pipeline
  devices: Devices
  flows: Flows
  history: Pick<FlowStore, 'backlogBytes'>
  events: EventStream
  sse: SseConnections
  commands: Commands
  /** Longest time since the last call that the event loop was held up, in seconds. */
  eventLoopDelaySeconds(): number
  /** Seconds since 1970. */
  startTimeSeconds: number
  version: string
}

type Row = [type: FamilyType, name: string, help: string, read: () => number]

export const serverFamilies = (deps: ServerFamilyDeps): Family[] => {
  const { ingest, pipeline, devices, flows, history, events, sse, commands } = deps
  const rows: Row[] = [
    [
      'counter',
      'uplink_connections_total',
      'Connections of agents.',
      () => ingest.counts.connections,
    ],
    [
      'counter',
      'uplink_rejected_connections_total',
      'Connections closed because they broke the protocol.',
      () => ingest.counts.rejectedConnections,
    ],
    [
      'counter',
      'uplink_received_bytes_total',
      'Bytes received from agents.',
      () => ingest.counts.bytes,
    ],
    ['counter', 'uplink_frames_total', 'Frames received from agents.', () => ingest.counts.frames],
    [
      'counter',
      'uplink_repeated_frames_total',
      'Frames skipped because they had been received before.',
      () => ingest.counts.repeatedFrames,
    ],
    [
      'counter',
      'uplink_observations_total',
      'What hosts said about themselves, as agents read it.',
      () => pipeline.counts.observations,
    ],
    ['gauge', 'devices', 'Devices that are known.', () => devices.count],
    [
      'counter',
      'devices_refused_total',
      'Devices that were not taken because there were too many.',
      () => devices.refused,
    ],
    [
      'counter',
      'uplink_flow_records_total',
      'Flow records received.',
      () => pipeline.counts.flowRecords,
    ],
    [
      'counter',
      'uplink_ended_flow_records_total',
      'Flow records received that were the last of their flow.',
      () => pipeline.counts.endedRecords,
    ],
    [
      'counter',
      'uplink_repeated_batches_total',
      'Batches of ended flows that came again, because their acknowledgement was lost, and were left out.',
      () => pipeline.counts.repeatedBatches,
    ],
    [
      'gauge',
      'history_backlog_bytes',
      'Flow records that wait to be on the disk.',
      () => history.backlogBytes,
    ],
    [
      'counter',
      'uplink_event_records_total',
      'Packet events received.',
      () => pipeline.counts.eventRecords,
    ],
    [
      'counter',
      'uplink_statuses_total',
      'Status messages received.',
      () => pipeline.counts.statuses,
    ],
    [
      'gauge',
      'uplink_pending_commands',
      'Commands that wait for an answer of the agent.',
      () => commands.pending,
    ],
    ['gauge', 'server_live_flows', 'Live flows held in memory.', () => flows.liveCount],
    ['gauge', 'server_ended_flows', 'Ended flows held in memory.', () => flows.ended.size],
    [
      'gauge',
      'server_dictionary_entries',
      'Names and processes of flows held in memory.',
      () => flows.dictionaries.entries,
    ],
    [
      'counter',
      'server_dictionary_refused_total',
      'Names and processes not taken because there were too many.',
      () => flows.dictionaries.refused,
    ],
    ['gauge', 'stream_connections', 'Open answers of Server-Sent Events.', () => sse.count],
    ['gauge', 'stream_event_clients', 'Clients of /events.', () => events.clients],
    [
      'counter',
      'stream_events_written_total',
      'Packet events written, for each client.',
      () => events.counts.written,
    ],
    [
      'counter',
      'stream_events_lost_total',
      'Packet events lost because a client read too slowly.',
      () => events.counts.lost,
    ],
    [
      'gauge',
      'server_resident_memory_bytes',
      'Resident memory of the server.',
      () => process.memoryUsage.rss(),
    ],
    ['counter', 'server_cpu_seconds_total', 'CPU time of the server, user and system.', cpuSeconds],
    [
      'gauge',
      'server_event_loop_delay_max_seconds',
      'Longest hold-up of the event loop since the last scrape.',
      deps.eventLoopDelaySeconds,
    ],
    [
      'gauge',
      'server_start_time_seconds',
      'When the server started, Unix time.',
      () => deps.startTimeSeconds,
    ],
  ]
  const info = () => [{ labels: { version: deps.version }, value: 1 }]
  return [
    gauge('netscope_server_info', 'Version of the server; always 1.', info),
    ...rows.map(([type, name, help, read]) =>
      (type === 'counter' ? counter : gauge)(`netscope_${name}`, help, () => one(read())),
    ),
  ]
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
