/** A TCP connection as two hosts have it: handshake, data both ways, close; it gives up when it is dropped. */
import { TCP_FLAGS, tcp } from './packet.ts'
import type { Script } from './timeline.ts'
import type { Wire } from './wire.ts'

const { fin, syn, rst, psh, ack } = TCP_FLAGS
const MSS = 1448
const ZEROS = new Uint8Array(MSS)
const NO_DATA = new Uint8Array(0)
/** Retransmission times after RFC 6298; then the sender gives up. */
const RETRY_MS = [1000, 2000, 4000]

export interface Ends {
  client: string
  server: string
  clientPort: number
  serverPort: number
  rttMs: number
  vlan?: number
}

/** Sub-scripts: they end with false once the connection is lost. */
type Part = Generator<number, boolean, void>

export interface Connection {
  open(): Part
  /** Client to server, zeros or bytes that are given, then the answer, acknowledged every second segment. */
  exchange(request: number | Uint8Array, answerBytes: number, bytesPerMs?: number): Part
  close(): Part
}

/** A connection of `ends` that is not open yet. */
export const createConnection = (wire: Wire, ends: Ends): Connection => {
  const seq = { client: 1000, server: 5000 }

  const sendOnce = (from: 'client' | 'server', flags: number, data: Uint8Array): boolean => {
    const to = from === 'client' ? 'server' : 'client'
    const [srcPort, dstPort] =
      from === 'client' ? [ends.clientPort, ends.serverPort] : [ends.serverPort, ends.clientPort]
    const segment = tcp({
      srcPort,
      dstPort,
      flags,
      seq: seq[from],
      ack: flags & ack ? seq[to] : 0,
      data,
    })
    return wire.send({ src: ends[from], dst: ends[to] }, segment, ends.vlan)
  }

  function* deliver(from: 'client' | 'server', flags: number, data: Uint8Array = NO_DATA): Part {
    for (const retryMs of RETRY_MS) {
      if (sendOnce(from, flags, data)) {
        seq[from] += data.length + (flags & (syn | fin) ? 1 : 0)
        return true
      }
      yield retryMs
    }
    return false
  }

  function* open(): Part {
    if (!(yield* deliver('client', syn))) return false
    yield ends.rttMs
    if (!(yield* deliver('server', syn | ack))) return false
    yield 0.1
    return yield* deliver('client', ack)
  }

  function* burst(from: 'client' | 'server', what: number | Uint8Array, bytesPerMs: number): Part {
    const to = from === 'client' ? 'server' : 'client'
    const bytes = typeof what === 'number' ? what : what.length
    let segments = 0
    for (let left = bytes; left > 0; left -= MSS, segments++) {
      const size = Math.min(left, MSS)
      const at = bytes - left
      const data = typeof what === 'number' ? ZEROS.subarray(0, size) : what.subarray(at, at + size)
      if (!(yield* deliver(from, left <= MSS ? psh | ack : ack, data))) return false
      yield size / bytesPerMs
      if (segments % 2 === 1 || left <= MSS) sendOnce(to, ack, NO_DATA)
    }
    return true
  }

  function* exchange(request: number | Uint8Array, answerBytes: number, bytesPerMs = 1250): Part {
    if (!(yield* burst('client', request, bytesPerMs))) return false
    yield ends.rttMs
    return yield* burst('server', answerBytes, bytesPerMs)
  }

  function* close(): Part {
    if (!(yield* deliver('client', fin | ack))) return false
    yield ends.rttMs
    if (!(yield* deliver('server', fin | ack))) return false
    yield 0.1
    return yield* deliver('client', ack)
  }

  return { open, exchange, close }
}

/** One probe of a port that is closed: SYN, and the RST of the answer. */
export function* refused(wire: Wire, ends: Ends): Script {
  const probe = tcp({ srcPort: ends.clientPort, dstPort: ends.serverPort, flags: syn })
  if (!wire.send({ src: ends.client, dst: ends.server }, probe, ends.vlan)) return
  yield ends.rttMs
  const answer = tcp({
    srcPort: ends.serverPort,
    dstPort: ends.clientPort,
    flags: rst | ack,
    ack: 1,
  })
  wire.send({ src: ends.server, dst: ends.client }, answer, ends.vlan)
}
