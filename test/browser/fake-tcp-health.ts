/** TCP totals, round trip times and DNS servers of the fake host. */
import { RTT_BUCKETS, rttBucketEndUs } from '@netscope/core/rtt-bucket.ts'
import type { RttHistogram, Status } from '@netscope/core/status.ts'

/** Samples around `middleUs`, most of them near it on a logarithmic scale. */
const histogram = (peer: RttHistogram['peer'], middleUs: number, samples: number): RttHistogram => {
  const weights = Array.from({ length: RTT_BUCKETS }, (_, index) => {
    const octaves = Math.log2(rttBucketEndUs(index) / middleUs)
    return Math.exp(-(octaves ** 2) / (octaves > 0 ? 3 : 0.6))
  })
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  const counts = weights.map((weight) => Math.round((weight / all) * samples))
  const sumUs = counts.reduce((sum, count, index) => sum + count * rttBucketEndUs(index), 0)
  return { peer, counts, sumUs }
}

export const fakeTcpHealth = (timeMs: number): Pick<Status, 'tcp' | 'rtt' | 'dns'> => {
  const seconds = Math.floor(timeMs / 1000) % 10_000
  return {
    tcp: {
      sentBytes: 91_400_000_000 + seconds * 4_100_000,
      receivedBytes: 412_000_000_000 + seconds * 9_700_000,
      retransmits: 41_208 + seconds,
      retransmitEvents: 30_117 + seconds,
      rttSamples: 38_417_222 + seconds * 190,
      connects: 81_402,
      accepts: 12_733,
      refused: 214,
      timedOut: 37,
      established: 63,
    },
    rtt: [
      histogram('loopback', 45, 1_204_331),
      histogram('private', 420, 18_733_080),
      histogram('public', 19_000, 9_411_772),
    ],
    dns: [
      {
        server: '192.168.178.1',
        queries: 48_211,
        answers: 48_190,
        unanswered: 21,
        rcodes: { NOERROR: 46_012, NXDOMAIN: 2104, SERVFAIL: 74 },
        latencySumMs: 48_190 * 11.4,
      },
      {
        server: '9.9.9.9',
        queries: 3120,
        answers: 2877,
        unanswered: 243,
        rcodes: { NOERROR: 2790, NXDOMAIN: 80, REFUSED: 7 },
        latencySumMs: 2877 * 34.1,
      },
    ],
  }
}
