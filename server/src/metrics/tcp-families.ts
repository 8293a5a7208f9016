/** TCP of each host: totals, how connects end, round trip times by class of peer. */
import { rttBucketEndUs } from '@netscope/core/rtt-bucket.ts'
import type { RttHistogram, TcpTotals } from '@netscope/core/status.ts'
import { counter, gauge } from './family.ts'
import type { Each, Family, Sample } from './family.ts'

export const tcpFamilies = (each: Each): Family[] => {
  const value = (read: (tcp: TcpTotals) => number | undefined) =>
    each(({ tcp }) => {
      const found = tcp && read(tcp)
      return found === undefined ? [] : [{ value: found }]
    })

  return [
    counter(
      'netscope_tcp_sent_bytes_total',
      'Payload bytes that all sockets have sent.',
      value((tcp) => tcp.sentBytes),
    ),
    counter(
      'netscope_tcp_received_bytes_total',
      'Payload bytes that all sockets have received.',
      value((tcp) => tcp.receivedBytes),
    ),
    counter(
      'netscope_tcp_retransmitted_segments_total',
      'TCP segments that all sockets have sent again.',
      value((tcp) => tcp.retransmits),
    ),
    counter(
      'netscope_tcp_rtt_samples_total',
      'Round trips that all sockets have measured.',
      value((tcp) => tcp.rttSamples),
    ),
    counter(
      'netscope_tcp_dropped_packets_total',
      'Packets that the kernel has dropped, not by our lists.',
      value((tcp) => tcp.drops),
    ),
    counter(
      'netscope_tcp_connects_total',
      'Connects of clients on this host.',
      value((tcp) => tcp.connects),
    ),
    counter(
      'netscope_tcp_accepts_total',
      'Connections that servers on this host took.',
      value((tcp) => tcp.accepts),
    ),
    counter(
      'netscope_tcp_refused_connects_total',
      'Connects that were refused.',
      value((tcp) => tcp.refused),
    ),
    counter(
      'netscope_tcp_timed_out_connects_total',
      'Connects that nobody answered.',
      value((tcp) => tcp.timedOut),
    ),
    counter(
      'netscope_kernel_dropped_packets_total',
      "Packets that the kernel has dropped, not by our lists, by the kernel's reason.",
      each(({ drops }) =>
        (drops ?? []).map((of) => ({
          labels: { interface: of.interface, reason: of.reason },
          value: of.packets,
        })),
      ),
    ),
    gauge(
      'netscope_tcp_established_connections',
      'Sockets that are established now.',
      value((tcp) => tcp.established),
    ),
    {
      name: 'netscope_tcp_rtt_seconds',
      type: 'histogram',
      help: 'Round trip times of all sockets, by class of peer.',
      collect: each(({ rtt }) => rtt.flatMap(histogramOf)),
    },
  ]
}

/** The kernel's buckets in one power of two. */
const PER_POWER = 4
const POWERS = 27

const histogramOf = ({ peer, counts, sumUs }: RttHistogram): Sample[] => {
  const samples: Sample[] = []
  let count = 0
  for (let power = 0; power < POWERS; power++) {
    for (let i = 0; i < PER_POWER; i++) count += counts[power * PER_POWER + i] ?? 0
    const le = String(rttBucketEndUs(power * PER_POWER + PER_POWER - 1) / 1e6)
    samples.push({ suffix: '_bucket', labels: { peer, le }, value: count })
  }
  return [
    ...samples,
    { suffix: '_bucket', labels: { peer, le: '+Inf' }, value: count },
    { suffix: '_sum', labels: { peer }, value: sumUs / 1e6 },
    { suffix: '_count', labels: { peer }, value: count },
  ]
}
