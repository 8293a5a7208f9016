/** ClientHellos over several QUIC packets. */
import { describe, expect, it } from 'vitest'
import { handshake, helloFor, joined } from './fake-client-hello.ts'
import { cryptoFrame, sealInitial, V2 } from './fake-quic-client.ts'
import { RFC9001_CLIENT_INITIAL } from './fixtures/rfc-client-initials.ts'
import { ja4 } from './ja4.ts'
import { createQuicHelloAssembler } from './quic-hello-assembler.ts'

const HELLO = helloFor('quic.example', 1500)
const part = (from: number, to?: number) => cryptoFrame(from, HELLO.subarray(from, to))
const padded = (...frames: Uint8Array[]) => joined(...frames, new Uint8Array(30))

const feed = (...datagrams: Uint8Array[]) => {
  const assembler = createQuicHelloAssembler()
  const names = datagrams.map((datagram) => assembler.add(1, datagram, 0)?.sni)
  return { names, counts: assembler.counts() }
}

describe('QUIC ClientHello assembler', () => {
  it('gives hello and JA4 of the packet in RFC 9001 A.2', () => {
    const hello = createQuicHelloAssembler().add(1, RFC9001_CLIENT_INITIAL, 0)
    expect(hello?.sni).toBe('example.com')
    expect(hello?.alpn).toEqual(['alpn'])
    // The RFC's lists, hashed by sha256sum.
    expect(hello && ja4(hello, 'q')).toBe('q13d0211an_62ed6f6ca7ad_4d634acda6c0')
  })

  it('takes a hello from two datagrams, in both orders, in both versions', () => {
    for (const version of [1, V2]) {
      const one = sealInitial({ version, packetNumber: 0, frames: padded(part(0, 1000)) })
      const two = sealInitial({ version, packetNumber: 1, frames: padded(part(1000)) })
      expect(feed(one, two, two).names).toEqual([undefined, 'quic.example', undefined])
      expect(feed(two, two, one).names).toEqual([undefined, undefined, 'quic.example'])
    }
  })

  it('takes it from frames out of order and from packets in one datagram', () => {
    const one = sealInitial({ frames: padded(part(900, 1000), part(0, 500), part(400, 950)) })
    const two = sealInitial({ packetNumber: 3, frames: padded(part(1200), part(1000, 1200)) })
    expect(feed(joined(one, two)).names).toEqual(['quic.example'])
  })

  it('knows a connection whose later packets name another id, under the first keys or after a Retry', () => {
    const keysOf = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
    const connectionId = Uint8Array.of(9, 9, 9)
    const one = sealInitial({ connectionId: keysOf, frames: padded(part(0, 1000)) })
    const later = { connectionId, frames: padded(part(1000)) }
    expect(feed(one, sealInitial({ ...later, keysOf })).names[1]).toBe('quic.example')
    expect(feed(one, sealInitial(later)).names[1]).toBe('quic.example')
  })

  it('waits for no more when it is no ClientHello or too much', () => {
    const server = sealInitial({ frames: padded(cryptoFrame(0, handshake(HELLO, 2))) })
    expect(feed(server).counts).toMatchObject({ rejected: 1, whole: 0 })
    const long = sealInitial({ frames: padded(cryptoFrame(0, joined([1, 1, 0, 0]))) })
    expect(feed(long).counts).toMatchObject({ rejected: 1 })
    const far = [0, 9000].map((at) => cryptoFrame(at + 5, new Uint8Array(9000)))
    const datagrams = far.map((frames) => sealInitial({ frames: padded(frames) }))
    expect(feed(...datagrams).counts).toMatchObject({ rejected: 1 })
  })

  it('remembers nothing of what it could not open, and forgets after 10 s', () => {
    const foreign = sealInitial({ keysOf: Uint8Array.of(1), frames: padded(part(0)) })
    const assembler = createQuicHelloAssembler({ maxFlows: 1 })
    const one = sealInitial({ frames: padded(part(0, 1000)) })
    const two = sealInitial({ frames: padded(part(1000)) })
    assembler.add('a', one, 0)
    assembler.add('b', foreign, 1)
    assembler.add('c', joined([0x40, 1, 2, 3]), 1)
    expect(assembler.add('a', two, 9999)?.sni).toBe('quic.example')
    assembler.add('b', one, 10_000)
    assembler.add('c', one, 10_001)
    assembler.add('c', two, 20_001)
    expect(assembler.counts()).toEqual({ whole: 1, rejected: 0, expired: 1, evicted: 1 })
  })
})
