/** DNS messages as servers and attackers send them. */
import { describe, expect, it } from 'vitest'
import { DNS_TYPE, parseDnsMessage, splitDnsOverTcp } from './dns-message.ts'
import { dnsMessage, nameBytes, RESPONSE } from './fake-dns.ts'

const { a, aaaa, cname, ptr, srv } = DNS_TYPE
const bytes = (...parts: (number | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])))

/** A response whose only question is a name of these bytes. */
const asked = (...name: number[]) =>
  parseDnsMessage(
    bytes(0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, Uint8Array.from(name), 0, 1, 0, 1),
  )

describe('DNS message', () => {
  it('gives header, questions and the data of addresses and names', () => {
    const message = dnsMessage({
      id: 0xbeef,
      questions: [['WWW.Example.org', a]],
      answers: [
        { name: 'www.example.ORG', type: cname, ttl: 300, data: nameBytes('Host.Example.Net') },
        { name: 'host.example.net', type: a, ttl: 20, data: '192.0.2.7' },
        { name: 'host.example.net', type: aaaa, ttl: 21, data: '2001:db8:0:0:0:0:0:7' },
        { name: '7.2.0.192.in-addr.arpa', type: ptr, data: nameBytes('host.example.net') },
        { name: '_x._tcp.a', type: srv, data: bytes(0, 1, 0, 2, 0, 53, nameBytes('srv.A')) },
        { name: 'host.example.net', type: 16, data: bytes(1, 65) },
      ],
    })
    expect(parseDnsMessage(message)).toEqual({
      id: 0xbeef,
      isResponse: true,
      opcode: 0,
      rcode: 0,
      truncated: false,
      questions: [{ name: 'www.example.org', type: a }],
      answers: [
        { name: 'www.example.org', type: cname, ttlSeconds: 300, data: 'host.example.net' },
        { name: 'host.example.net', type: a, ttlSeconds: 20, data: '192.0.2.7' },
        { name: 'host.example.net', type: aaaa, ttlSeconds: 21, data: '2001:db8::7' },
        { name: '7.2.0.192.in-addr.arpa', type: ptr, ttlSeconds: 60, data: 'host.example.net' },
        { name: '_x._tcp.a', type: srv, ttlSeconds: 60, data: 'srv.a' },
        { name: 'host.example.net', type: 16, ttlSeconds: 60, data: undefined },
      ],
      cutOff: false,
    })
  })

  it('reads opcode, rcode, TC and the query bit', () => {
    expect(parseDnsMessage(dnsMessage({ flags: 0x2a03 }))).toMatchObject({
      isResponse: false,
      opcode: 5,
      rcode: 3,
      truncated: true,
    })
  })

  it('follows pointers', () => {
    const message = bytes(
      dnsMessage({ questions: [['example.org', a]] }),
      bytes(3, Buffer.from('www'), 0xc0, 12, 0, cname, 0, 1, 0, 0, 0, 9, 0, 2, 0xc0, 12),
    )
    message[7] = 1
    expect(parseDnsMessage(message)?.answers).toEqual([
      { name: 'www.example.org', type: cname, ttlSeconds: 9, data: 'example.org' },
    ])
  })

  it('shows every byte of a name as printable characters, never as another name', () => {
    expect(asked(8, ...Buffer.from('www.bank'), 0)?.questions[0]?.name).toBe('www\\.bank')
    expect(asked(4, 0, 0x20, 0x5c, 0xff, 0)?.questions[0]?.name).toBe('\\000\\032\\\\\\255')
    expect(asked(0)?.questions[0]?.name).toBe('.')
  })

  it('takes no name that loops, points ahead, is too long or of an unknown label type', () => {
    expect(asked(0xc0, 12)).toBeUndefined()
    expect(asked(1, 65, 0xc0, 12)).toBeUndefined()
    expect(asked(0xc0, 16, 1, 65, 0)).toBeUndefined()
    expect(asked(0x41, 0)).toBeUndefined()
    const label = [63, ...Buffer.alloc(63, 'a')]
    expect(asked(...label, ...label, ...label, 61, ...Buffer.alloc(61, 'b'), 0)).toBeDefined()
    expect(asked(...label, ...label, ...label, 62, ...Buffer.alloc(62, 'b'), 0)).toBeUndefined()
  })

  it('gives the answers before a cut, and says that there was one', () => {
    const whole = dnsMessage({
      questions: [['x.org', a]],
      answers: [
        { name: 'x.org', type: a, data: '192.0.2.1' },
        { name: 'x.org', type: a, data: '192.0.2.2' },
      ],
    })
    const cut = parseDnsMessage(whole.subarray(0, -1))
    expect(cut?.answers.map(({ data }) => data)).toEqual(['192.0.2.1'])
    expect(cut?.cutOff).toBe(true)
    expect(parseDnsMessage(whole.subarray(0, 20))).toBeUndefined()
    expect(parseDnsMessage(whole.subarray(0, 11))).toBeUndefined()
  })

  it('takes no data of a wrong length, of another class, or running out of its record', () => {
    const record = (type: number, data: Uint8Array, more: Uint8Array = bytes()) => {
      const message = dnsMessage({ answers: [{ name: '', type, data }] })
      return parseDnsMessage(bytes(message, more))?.answers[0]?.data
    }
    expect(record(a, bytes(1, 2, 3))).toBeUndefined()
    expect(record(aaaa, bytes(1, 2, 3, 4))).toBeUndefined()
    expect(record(cname, bytes(3, 65), bytes(65, 65, 0))).toBeUndefined()
    expect(record(srv, bytes(0, 0), nameBytes('aaaa.bbbb'))).toBeUndefined()
    const chaos = dnsMessage({ answers: [{ name: '', type: a, data: '192.0.2.1' }] })
    chaos[16] = 3
    expect(parseDnsMessage(chaos)?.answers[0]?.data).toBeUndefined()
  })

  it('counts a TTL with its top bit set as 0', () => {
    const message = dnsMessage({
      answers: [{ name: 'x', type: a, ttl: 0x80000001, data: '192.0.2.1' }],
    })
    expect(parseDnsMessage(message)?.answers[0]?.ttlSeconds).toBe(0)
  })

  it('keeps to its limits in a message of 64 KiB that claims 65,535 records', () => {
    const message = bytes(
      dnsMessage({ flags: RESPONSE }),
      ...Array.from({ length: 5000 }, () => bytes(0, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0)),
    )
    message.fill(255, 6, 8)
    expect(parseDnsMessage(message)).toMatchObject({ cutOff: true, answers: { length: 512 } })
    message.fill(255, 4, 6)
    expect(parseDnsMessage(message)).toBeUndefined()
  })
})

describe('DNS over TCP', () => {
  const framed = (message: Uint8Array) => bytes(message.length >> 8, message.length & 255, message)

  it('gives the whole messages of a segment', () => {
    const one = dnsMessage({ id: 1, questions: [['a.org', a]] })
    const two = dnsMessage({ id: 2, questions: [['b.org', a]] })
    const segment = bytes(framed(one), framed(two), framed(one).subarray(0, -1))
    expect(splitDnsOverTcp(segment)).toEqual([one, two])
    expect(splitDnsOverTcp(bytes(0))).toEqual([])
    expect(splitDnsOverTcp(bytes(0, 0, 0, 0, 0, 0))).toEqual([])
  })
})
