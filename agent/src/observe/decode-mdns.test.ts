/** mDNS with DNS-SD and LLMNR as devices and attackers send them. */
import { describe, expect, it } from 'vitest'
import { decodeFrame } from './decode-frame.ts'
import {
  address,
  decode,
  domainName,
  join,
  MAC_A,
  MAC_B,
  META,
  nameMessage,
  record,
  text,
  u16,
  udpFrame,
  type NameMessage,
} from './observe-rig.ts'

const [A, PTR, TXT, AAAA, SRV] = [1, 12, 16, 28, 33]
const GROUP = { src: '192.0.2.1', dst: '224.0.0.251' }
const read = (message: NameMessage) =>
  decode('name', udpFrame(5353, 5353, nameMessage(message), GROUP))
/** An instance may have dots, spaces and any letters (RFC 6763 section 4.1.1). */
const INSTANCE = 'Büro No. 2'
const instanceName = join(text(INSTANCE).length + 0, text(INSTANCE), domainName('_ipp._tcp.local'))
const strings = (...list: string[]) => join(...list.flatMap((one) => [one.length, text(one)]))
const question = (name: string, type: number) => join(domainName(name), ...u16(type), ...u16(1))
const HOST = domainName('Printer.local')

describe('mDNS', () => {
  it('gives hosts with addresses, and services with instance, host, port and text', () => {
    const message = {
      answers: [
        record(domainName('_ipp._tcp.local'), PTR, 4500, instanceName),
        record(
          domainName('_services._dns-sd._udp.local'),
          PTR,
          4500,
          domainName('_http._tcp.local'),
        ),
      ],
      additional: [
        record(instanceName, SRV, 120, ...u16(0), ...u16(0), ...u16(631), HOST),
        record(instanceName, TXT, 4500, strings('ty=Laser', 'note=')),
        record(HOST, A, 120, address('192.0.2.9')),
        record(domainName('printer.LOCAL'), AAAA, 120, address('fe80::9')),
        record(HOST, A, 120, address('192.0.2.9')),
      ],
    }
    expect(read(message)).toEqual({
      ...META,
      innerVlan: 0,
      srcMac: MAC_A,
      dstMac: MAC_B,
      ...GROUP,
      incomplete: false,
      kind: 'name',
      protocol: 'mDNS',
      id: 0,
      isResponse: true,
      questions: [],
      hosts: [{ name: 'Printer.local', addresses: ['192.0.2.9', 'fe80::9'], ttlSeconds: 120 }],
      services: [
        {
          type: '_ipp._tcp',
          instance: INSTANCE,
          host: 'Printer.local',
          port: 631,
          text: ['ty=Laser', 'note='],
        },
        { type: '_http._tcp', instance: '' },
      ],
    })
  })

  it('of a query takes what a probing host proposes, not the answers it knows', () => {
    const name = read({
      flags: 0,
      questions: [question('new.local', 255)],
      answers: [record(HOST, A, 120, address('192.0.2.9'))],
      authority: [record(domainName('new.local'), A, 120, address('192.0.2.10'))],
    })
    expect(name).toMatchObject({
      isResponse: false,
      questions: [{ name: 'new.local', type: 255 }],
      hosts: [{ name: 'new.local', addresses: ['192.0.2.10'] }],
    })
  })

  it('reads a good-bye, and a TTL beyond 31 bits as one', () => {
    const ttlOf = (ttl: number) =>
      read({ answers: [record(HOST, A, ttl, address('192.0.2.9'))] }).hosts[0]?.ttlSeconds
    expect([ttlOf(0), ttlOf(0x7fffffff), ttlOf(0x80000000)]).toEqual([0, 0x7fffffff, 0])
  })

  it('leaves out reverse names and records it has no use for', () => {
    const answers = [
      record(domainName('9.2.0.192.in-addr.arpa'), PTR, 120, HOST),
      record(HOST, 47, 120, 1, 2, 3),
    ]
    expect(read({ answers })).toMatchObject({ hosts: [], services: [], incomplete: false })
  })

  it('follows pointers', () => {
    const answers = [
      record(HOST, A, 120, address('192.0.2.9')),
      record(Uint8Array.of(0xc0, 12), AAAA, 120, address('fe80::9')),
    ]
    expect(read({ answers }).hosts).toMatchObject([{ addresses: ['192.0.2.9', 'fe80::9'] }])
  })

  it('makes names harmless', () => {
    const name = join(7, text('a\u001b[2J\n'), text('b'), domainName('local'))
    expect(read({ answers: [record(name, A, 1, address('192.0.2.9'))] }).hosts[0]?.name).toBe(
      'a?[2J?b.local',
    )
  })

  const many = (count: number, make: (i: number) => Uint8Array) =>
    Array.from({ length: count }, (_, i) => make(i))
  it.each<[what: string, message: NameMessage]>([
    ['a short address', { answers: [record(HOST, A, 1, 1, 2, 3)] }],
    ['a short service', { answers: [record(instanceName, SRV, 1, 0, 0, 0, 0, 0, 1)] }],
    ['a name beyond its record', { answers: [record(domainName('_x._tcp.local'), PTR, 1, 60)] }],
    ['text beyond its record', { answers: [record(instanceName, TXT, 1, 9, 65)] }],
    ['a pointer to itself', { answers: [record(Uint8Array.of(0xc0, 12), A, 1, 1, 2, 3, 4)] }],
    [
      'more than 32 hosts',
      { answers: many(33, (i) => record(domainName(`h${i}.local`), A, 1, address('192.0.2.9'))) },
    ],
    [
      'more than 32 addresses of a host',
      { answers: many(33, (i) => record(HOST, A, 1, 192, 0, 2, i)) },
    ],
    [
      'more than 32 services',
      { answers: many(33, (i) => record(domainName(`s${i}._x._tcp.local`), TXT, 1, 0)) },
    ],
    ['more than 128 records', { answers: many(129, () => record(HOST, 47, 1)) }],
    ['more than 32 questions', { flags: 0, questions: many(33, () => question('a.local', 1)) }],
  ])('says that it is incomplete with %s', (_what, message) => {
    expect(read(message).incomplete).toBe(true)
  })

  it('keeps what was whole before the message ends', () => {
    const bytes = nameMessage({ answers: [record(HOST, A, 1, 1, 2, 3, 4), record(HOST, A, 1, 9)] })
    expect(decode('name', udpFrame(5353, 5353, bytes.subarray(0, -3), GROUP))).toMatchObject({
      incomplete: true,
      hosts: [{ addresses: ['1.2.3.4'] }],
    })
  })

  it('is nothing without a header', () => {
    const frame = udpFrame(5353, 5353, new Uint8Array(11), GROUP)
    expect(decodeFrame(frame, 14, META)).toBeUndefined()
  })
})

describe('LLMNR', () => {
  it('gives the name and address that somebody answers with', () => {
    const bytes = nameMessage({
      id: 77,
      flags: 0x8000,
      questions: [question('WPAD', A)],
      answers: [record(domainName('WPAD'), A, 30, address('192.0.2.66'))],
    })
    expect(decode('name', udpFrame(5355, 51_000, bytes))).toMatchObject({
      protocol: 'LLMNR',
      id: 77,
      isResponse: true,
      questions: [{ name: 'WPAD', type: A }],
      hosts: [{ name: 'WPAD', addresses: ['192.0.2.66'], ttlSeconds: 30 }],
    })
  })
})
