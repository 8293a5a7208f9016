/** The health of each agent: what it sees, what it misses, what it costs. */
import type { Status } from '@netscope/core/status.ts'
import type { Agent, Agents } from '../agents.ts'
import { counter, gauge } from './family.ts'
import type { Family, Sample } from './family.ts'

/** The samples of one agent, without the label `agent`. */
type Read = (status: Status, agent: Agent) => Sample[]

export const agentFamilies = (agents: Agents): Family[] => {
  const labelled = (agent: Agent, samples: Sample[]): Sample[] =>
    samples.map(({ labels, value }) => ({ labels: { agent: agent.name, ...labels }, value }))
  const each = (read: Read) => (): Sample[] =>
    agents.all.flatMap((agent) => (agent.status ? labelled(agent, read(agent.status, agent)) : []))
  const value = (read: (status: Status) => number) => each((status) => [{ value: read(status) }])

  const identity = (): Sample[] =>
    agents.all.flatMap((agent) => {
      const { hostname, version, source } = agent.hello
      return labelled(agent, [{ labels: { hostname, version, source }, value: 1 }])
    })
  const connected = (): Sample[] =>
    agents.all.flatMap((agent) => labelled(agent, [{ value: agent.link ? 1 : 0 }]))

  return [
    gauge('netscope_agent_info', 'Who an agent is; always 1.', identity),
    gauge('netscope_agent_connected', '1 while the agent is connected.', connected),
    gauge(
      'netscope_agent_resident_memory_bytes',
      'Resident memory of the agent.',
      value((s) => s.agent.rssBytes),
    ),
    counter(
      'netscope_agent_cpu_seconds_total',
      'CPU time of the agent, user and system.',
      value((s) => s.agent.cpuSeconds),
    ),
    gauge(
      'netscope_agent_uplink_queued_bytes',
      'Waiting in the agent for our acknowledgement.',
      value((s) => s.agent.uplinkQueuedBytes),
    ),
    counter(
      'netscope_agent_uplink_dropped_records_total',
      'Ended flows that the agent gave up while we were away.',
      value((s) => s.agent.uplinkDroppedRecords),
    ),
    gauge(
      'netscope_agent_degraded_reasons',
      'Number of reasons why the agent is not as it should be.',
      value((s) => s.degraded.length),
    ),
    gauge(
      'netscope_agent_capability',
      '1 where the kernel capability is there.',
      each(({ capabilities }) =>
        capabilities.map(({ name, ok }) => ({ labels: { capability: name }, value: ok ? 1 : 0 })),
      ),
    ),
    ...coverageFamilies(each),
    ...kernelFamilies(each, value),
  ]
}

type Each = (read: Read) => () => Sample[]
type Value = (read: (status: Status) => number) => () => Sample[]

const coverageFamilies = (each: Each): Family[] => {
  const ofHost = (what: 'packets' | 'bytes') =>
    each(({ coverage }) => (coverage[what] === undefined ? [] : [{ value: coverage[what] }]))
  const ofInterfaces = (what: 'packets' | 'bytes') =>
    each(({ interfaces }) =>
      interfaces.flatMap(({ name, coverage }) =>
        coverage?.[what] === undefined
          ? []
          : [{ labels: { interface: name }, value: coverage[what] }],
      ),
    )
  const missing = (what: 'packets' | 'bytes') =>
    each(({ coverage }) =>
      coverage.missing.map((of) => ({ labels: { cause: of.cause }, value: of[what] })),
    )

  return [
    gauge(
      'netscope_coverage_packets_ratio',
      'Counted packets by those of the interface counters.',
      ofInterfaces('packets'),
    ),
    gauge(
      'netscope_coverage_bytes_ratio',
      'Counted bytes by those of the interface counters.',
      ofInterfaces('bytes'),
    ),
    gauge(
      'netscope_host_coverage_packets_ratio',
      'Counted packets by those of all leaf interfaces.',
      ofHost('packets'),
    ),
    gauge(
      'netscope_host_coverage_bytes_ratio',
      'Counted bytes by those of all leaf interfaces.',
      ofHost('bytes'),
    ),
    gauge(
      'netscope_missing_packets',
      'Packets that the flows do not hold, by cause, since attach.',
      missing('packets'),
    ),
    gauge(
      'netscope_missing_bytes',
      'Bytes that the flows do not hold, by cause, since attach.',
      missing('bytes'),
    ),
  ]
}

const kernelFamilies = (each: Each, value: Value): Family[] => {
  const perList = (what: 'entries' | 'capacity') =>
    each(({ lists }) => [
      { labels: { list: 'allow' }, value: lists.allow[what] },
      { labels: { list: 'deny' }, value: lists.deny[what] },
    ])
  const perProgram = (read: (program: Status['programs'][number]) => number) =>
    each(({ programs }) =>
      programs.map((of) => ({ labels: { program: of.name }, value: read(of) })),
    )

  return [
    gauge(
      'netscope_flow_table_entries',
      'Entries of the flow table in use.',
      value((s) => s.flowTable.used),
    ),
    gauge(
      'netscope_flow_table_capacity_entries',
      'Entries that the flow table has.',
      value((s) => s.flowTable.capacity),
    ),
    counter(
      'netscope_flow_table_overflow_packets_total',
      'Packets counted without an entry: the table was full.',
      value((s) => s.flowTable.overflowPackets),
    ),
    counter(
      'netscope_flow_table_overflow_bytes_total',
      'L3 bytes counted without an entry.',
      value((s) => s.flowTable.overflowBytes),
    ),
    gauge(
      'netscope_packet_events_watched',
      '1 while the kernel produces packet events.',
      value((s) => (s.events.watched ? 1 : 0)),
    ),
    counter(
      'netscope_packet_events_sent_total',
      'Packet events that the kernel produced.',
      value((s) => s.events.sent),
    ),
    counter(
      'netscope_packet_events_skipped_total',
      'Packets without an event: over the rate limit.',
      value((s) => s.events.skipped),
    ),
    counter(
      'netscope_packet_events_lost_total',
      'Packet events lost: the ring buffer was full.',
      value((s) => s.events.lost),
    ),
    gauge('netscope_list_entries', 'Entries of the allow and deny list.', perList('entries')),
    gauge(
      'netscope_list_capacity_entries',
      'Entries that fit in the allow and deny list.',
      perList('capacity'),
    ),
    counter(
      'netscope_program_runs_total',
      'Runs of a kernel program (with kernel.bpf_stats_enabled).',
      perProgram((p) => p.runs),
    ),
    counter(
      'netscope_program_run_seconds_total',
      'Time spent in a kernel program (with kernel.bpf_stats_enabled).',
      perProgram((p) => p.runNs / 1e9),
    ),
  ]
}
