/** Flow and socket table, packet events, observations, lists and programs in the kernel. */
import type { Status } from '@netscope/core/status.ts'
import { counter, gauge } from './family.ts'
import type { Each, Family, Value } from './family.ts'

export const kernelFamilies = (each: Each, value: Value): Family[] => {
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
      'Packet events lost: the ring buffer was full, or the uplink.',
      value((s) => s.events.lost),
    ),
    gauge(
      'netscope_socket_table_entries',
      'Entries of the socket table in use.',
      value((s) => s.sockets.used),
    ),
    gauge(
      'netscope_socket_table_capacity_entries',
      'Entries that the socket table has.',
      value((s) => s.sockets.capacity),
    ),
    counter(
      'netscope_socket_table_overflow_total',
      'Sockets without an entry: the table was full.',
      value((s) => s.sockets.overflow),
    ),
    counter(
      'netscope_observations_sent_total',
      'Packets that the kernel handed to the decoders (DNS, TLS, ARP and others).',
      value((s) => s.observations.sent),
    ),
    counter(
      'netscope_observations_skipped_total',
      'Packets not handed to the decoders: over the rate limit.',
      value((s) => s.observations.skipped),
    ),
    counter(
      'netscope_observations_lost_total',
      'Packets for the decoders that were lost: the ring buffer was full.',
      value((s) => s.observations.lost),
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
