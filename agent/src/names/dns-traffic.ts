/** DNS messages as they pass: what clients asked for and got, and how their servers answer. */
import { formatAddress } from '@netscope/core/address.ts'
import type { ObservationShared } from '@netscope/core/observation/shared-fields.ts'
import type { DnsServer } from '@netscope/core/status.ts'
import { KEY } from '@netscope/core/slot.ts'
import type { ObservedFrame } from '../observe/observed-frame.ts'
import { transportPayload } from '../observe/transport-payload.ts'
import { createDnsLatency } from './dns-latency.ts'
import { parseDnsMessage } from './dns-message.ts'
import type { DnsSummaries } from './dns-summaries.ts'
import type { NamesCache } from './names-cache.ts'

export interface DnsTraffic {
  take(frame: ObservedFrame): void
  /** The busiest servers. */
  servers(nowMs: number): DnsServer[]
}

const TOP_SERVERS = 10
const DNS_PORT = 53
/** Before a message over TCP stands its length (RFC 1035 4.2.2). */
const LENGTH_BYTES = 2
const NO_QUESTION = { name: '.', type: 0 }

export interface DnsTrafficDeps {
  names: NamesCache
  summaries: Pick<DnsSummaries, 'query' | 'answer'>
  /** Of an observation of this frame. */
  sharedFields(frame: ObservedFrame): ObservationShared
  /** Milliseconds since 1970 when the frames' clock was 0. */
  wallOffsetMs(): number
}

export const createDnsTraffic = (deps: DnsTrafficDeps): DnsTraffic => {
  const latency = createDnsLatency()
  return {
    take(frame) {
      const { bytes, linkHeaderBytes, key, side, timeMs } = frame
      const payload = transportPayload(bytes, linkHeaderBytes)
      if (payload === undefined) return
      const { protocol, srcPort, dstPort } = payload
      const message = parseDnsMessage(
        protocol === 'tcp' ? payload.bytes.subarray(LENGTH_BYTES) : payload.bytes,
      )
      if (message === undefined || (message.isResponse ? srcPort : dstPort) !== DNS_PORT) return
      const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
      const sender = formatAddress(view, side === 0 ? KEY.loAddr : KEY.hiAddr)
      const receiver = formatAddress(view, side === 0 ? KEY.hiAddr : KEY.loAddr)
      const { name, type } = message.questions[0] ?? NO_QUESTION
      const said = { name, bytes: payload.bytes.length, timeMs: timeMs + deps.wallOffsetMs() }
      if (!message.isResponse) {
        const exchange = { client: sender, clientPort: srcPort, server: receiver, id: message.id }
        const isNew = latency.query(exchange, timeMs)
        deps.summaries.query({ client: sender, server: receiver, type, isNew, ...said }, () =>
          deps.sharedFields(frame),
        )
        return
      }
      const exchange = { client: receiver, clientPort: dstPort, server: sender, id: message.id }
      // What nobody asked for may be anybody's: it names nothing.
      if (latency.answer(exchange, message.rcode, timeMs) === undefined) return
      deps.names.learn(receiver, message, timeMs)
      deps.summaries.answer({ client: receiver, rcode: message.rcode, ...said })
    },
    servers: (nowMs) =>
      latency
        .report(nowMs)
        .toSorted((a, b) => b.queries - a.queries)
        .slice(0, TOP_SERVERS)
        .map(({ server, queries, answers, unanswered, rcodes, latencySumMs }) => ({
          server,
          queries,
          answers,
          unanswered,
          rcodes,
          latencySumMs,
        })),
  }
}
