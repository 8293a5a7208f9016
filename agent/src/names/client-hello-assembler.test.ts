/** ClientHellos over several segments and records. */
import { describe, expect, it } from 'vitest'
import { createClientHelloAssembler } from './client-hello-assembler.ts'
import { handshake, helloFor, joined, records } from './fake-client-hello.ts'

const HELLO = records(helloFor('www.example.org', 1200))

/** The bytes in segments that end at these places, with their sequence numbers. */
const segments = (bytes: Uint8Array, start: number, ...cuts: number[]) =>
  [0, ...cuts].map((cut, i) => ({
    sequence: (start + cut) >>> 0,
    payload: bytes.subarray(cut, cuts[i] ?? bytes.length),
  }))

const feed = (parts: ReturnType<typeof segments>, assembler = createClientHelloAssembler()) => {
  const names = parts.map(({ sequence, payload }) => assembler.add(1, sequence, payload, 0)?.sni)
  return { names, counts: assembler.counts() }
}

describe('ClientHello assembler', () => {
  it('takes a hello from one segment, once', () => {
    const [whole] = segments(HELLO, 7)
    const { names, counts } = feed([whole!, whole!])
    expect(names).toEqual(['www.example.org', undefined])
    expect(counts).toEqual({ whole: 1, rejected: 0, expired: 0, evicted: 0 })
  })

  it('takes it from segments in any order, over the wrap of sequence numbers', () => {
    const [one, two, three] = segments(HELLO, 0xffffff00, 400, 900)
    const orders = [
      [one, two, three],
      [one, three, two],
      [two, one, three],
      [two, three, one],
      [three, one, two],
      [three, two, one],
    ]
    for (const order of orders)
      expect(feed(order.map((part) => part!)).names).toEqual([
        undefined,
        undefined,
        'www.example.org',
      ])
  })

  it('takes it cut within the record header, repeated and overlapping', () => {
    const [head, rest] = segments(HELLO, 100, 1)
    expect(feed([head!, rest!]).names[1]).toBe('www.example.org')
    const longer = { sequence: 50 + 100, payload: HELLO.subarray(50, 800) }
    const tail = { sequence: 300 + 100, payload: HELLO.subarray(300) }
    const [first] = segments(HELLO, 100, 300)
    expect(feed([first!, first!, longer, longer, tail]).names[4]).toBe('www.example.org')
  })

  it('takes it from several records, however short', () => {
    const message = helloFor('records.example')
    for (const size of [1, 2, 5, 100]) {
      const stream = records(message, size)
      expect(feed(segments(stream, 5, 30)).names[1]).toBe('records.example')
    }
  })

  it('waits for no more when it is no ClientHello', () => {
    const noHello = [
      joined([22, 3, 1, 0, 0, 1]),
      joined([22, 3, 1, 0x50, 0, 1, 0, 0, 9]),
      joined([22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff]),
      joined([22, 3, 1, 0, 1, 1, 23, 3, 1, 0, 9]),
      records(handshake(new Uint8Array(50))),
    ]
    for (const stream of noHello) {
      const { counts } = feed(segments(stream, 1))
      expect(counts, Buffer.from(stream).toString('hex')).toMatchObject({ rejected: 1, whole: 0 })
    }
    // A ServerHello can't be told from a middle of something: it waits until it is too old.
    const assembler = createClientHelloAssembler()
    assembler.add(1, 1, records(handshake(new Uint8Array(50), 2)), 0)
    assembler.add(2, 1, joined([]), 10_000)
    expect(assembler.counts()).toMatchObject({ expired: 1, rejected: 0 })
  })

  it('gives up a hello of more than 16 KiB, and segments that would need more memory', () => {
    const long = segments(records(helloFor('a.example', 16_400), 16_384), 1, 8000, 16_000)
    expect(feed(long).counts).toMatchObject({ rejected: 1 })
    const filler = { sequence: 5000, payload: new Uint8Array(9000) }
    const further = { sequence: 25_000, payload: new Uint8Array(9000) }
    expect(feed([filler, further]).counts).toMatchObject({ rejected: 1 })
  })

  it('forgets after 10 s, and the oldest of too many', () => {
    const assembler = createClientHelloAssembler({ maxFlows: 2 })
    const [one, two] = segments(HELLO, 1, 500)
    assembler.add('old', one!.sequence, one!.payload, 0)
    expect(assembler.add('old', two!.sequence, two!.payload, 10_000)).toBeUndefined()
    expect(assembler.counts()).toMatchObject({ expired: 1 })
    for (const flow of ['a', 'b']) assembler.add(flow, one!.sequence, one!.payload, 10_001)
    expect(assembler.add('a', two!.sequence, two!.payload, 10_002)?.sni).toBe('www.example.org')
    expect(assembler.counts()).toEqual({ whole: 1, rejected: 0, expired: 1, evicted: 1 })
  })

  it('keeps copies, so that the memory a segment came in can be used again', () => {
    const assembler = createClientHelloAssembler()
    const memory = Buffer.alloc(HELLO.length)
    for (const { sequence, payload } of segments(HELLO, 1, 400)) {
      memory.set(payload)
      const name = assembler.add(1, sequence, memory.subarray(0, payload.length), 0)?.sni
      expect(name).toBe(sequence === 1 ? undefined : 'www.example.org')
      memory.fill(0)
    }
  })

  it('sees a new connection under the same key by a hello at another place', () => {
    const assembler = createClientHelloAssembler()
    const other = records(helloFor('other.example'))
    expect(assembler.add(1, 1000, HELLO, 0)?.sni).toBe('www.example.org')
    expect(assembler.add(1, 9000, other, 1)?.sni).toBe('other.example')
    expect(assembler.add(1, 9000, other, 2)).toBeUndefined()
  })
})
