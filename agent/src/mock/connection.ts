/** A TCP connection as two hosts have it: handshake, data both ways, close; it gives up when it is dropped. */
import { TCP_FLAGS, tcp } from './packet.ts'
import type { Script } from './timeline.ts'
import type { Wire } from './wire.ts'

const { fin, syn, rst, psh, ack } = TCP_FLAGS
const MSS = 1448
const ZEROS = new Uint8Array(MSS)
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
  /** Client to server, then the answer, acknowledged every second segment. */
  exchange(requestBytes: number, answerBytes: number, bytesPerMs?: number): Part
  close(): Part
}

/** A connection of `ends` that is not open yet. */
export const createConnection = (wire: Wire, ends: Ends): Connection => {
  const seq = { client: 1000, server: 5000 }

  const sendOnce = (from: 'client' | 'server', flags: number, bytes: number): boolean => {
    const to = from === 'client' ? 'server' : 'client'
    const [srcPort, dstPort] =
      from === 'client' ? [ends.clientPort, ends.serverPort] : [ends.serverPort, ends.clientPort]
    const segment = tcp({
      srcPort,
      dstPort,
      flags,
      seq: seq[from],
      ack: flags & ack ? seq[to] : 0,
      data: ZEROS.subarray(0, bytes),
    })
    return wire.send({ src: ends[from], dst: ends[to] }, segment, ends.vlan)
  }

  function* deliver(from: 'client' | 'server', flags: number, bytes = 0): Part {
    for (const retryMs of RETRY_MS) {
      if (sendOnce(from, flags, bytes)) {
        seq[from] += bytes + (flags & (syn | fin) ? 1 : 0)
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

  function* burst(from: 'client' | 'server', bytes: number, bytesPerMs: number): Part {
    const to = from === 'client' ? 'server' : 'client'
    let segments = 0
    for (let left = bytes; left > 0; left -= MSS, segments++) {
      const size = Math.min(left, MSS)
      if (!(yield* deliver(from, left <= MSS ? psh | ack : ack, size))) return false
      yield size / bytesPerMs
      if (segments % 2 === 1 || left <= MSS) sendOnce(to, ack, 0)
    }
    return true
  }

  function* exchange(requestBytes: number, answerBytes: number, bytesPerMs = 1250): Part {
    if (!(yield* burst('client', requestBytes, bytesPerMs))) return false
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
