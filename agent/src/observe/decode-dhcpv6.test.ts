/** DHCPv6 as clients, servers, relays and attackers send it. */
import { describe, expect, it } from 'vitest'
import { decodeFrame } from './decode-frame.ts'
import {
  address,
  decode,
  dhcpv6Option as option,
  domainName,
  join,
  mac,
  MAC_A,
  MAC_B,
  META,
  text,
  u16,
  u32,
  udpFrame,
} from './observe-rig.ts'

const LINK = { src: 'fe80::1', dst: 'ff02::1:2' }
const frameOf = (message: Uint8Array) => udpFrame(546, 547, message, LINK)
const message = (type: number, ...options: Uint8Array[]) => join(type, 0xab, 0xcd, 0xef, ...options)
const read = (bytes: Uint8Array) => decode('dhcpv6', frameOf(bytes))
const DUID_LLT = join(...u16(1), ...u16(1), ...u32(99), mac(MAC_A))
const DUID_LL = join(...u16(3), ...u16(1), mac(MAC_B))
const DUID_UUID = join(...u16(4), new Uint8Array(16))
const lease = (text: string) => option(5, address(text), ...u32(100), ...u32(200))
const envelope = (type: number, hops: number, ...options: Uint8Array[]) =>
  join(type, hops, address('2001:db8::1'), address('fe80::c'), ...options)

describe('DHCPv6', () => {
  it('gives what a client says of itself', () => {
    const solicit = message(
      1,
      option(1, DUID_LLT),
      option(6, ...u16(23), ...u16(24)),
      option(39, 0, 6, text('laptop')),
      option(16, ...u32(311), ...u16(8), text('MSFT 5.0')),
      option(3, ...u32(1), ...u32(0), ...u32(0)),
    )
    expect(read(solicit)).toEqual({
      ...META,
      innerVlan: 0,
      srcMac: MAC_A,
      dstMac: MAC_B,
      ...LINK,
      incomplete: false,
      kind: 'dhcpv6',
      message: 'SOLICIT',
      relays: 0,
      xid: 0xabcdef,
      clientDuid: Buffer.from(DUID_LLT).toString('hex'),
      clientMac: MAC_A,
      addresses: [],
      prefixes: [],
      dnsServers: [],
      searchDomains: [],
      fqdn: 'laptop',
      vendorClass: 'MSFT 5.0',
      requestedOptions: [23, 24],
    })
  })

  it('gives what a server hands out', () => {
    const prefix = option(26, ...u32(10), ...u32(20), 56, address('2001:db8:1::'))
    const reply = message(
      7,
      option(1, DUID_UUID),
      option(2, DUID_LL),
      option(3, ...u32(1), ...u32(0), ...u32(0), lease('2001:db8::a'), option(13, ...u16(0))),
      option(4, ...u32(2), lease('2001:db8::b')),
      option(25, ...u32(3), ...u32(0), ...u32(0), prefix),
      option(7, 255),
      option(13, ...u16(2), text('none')),
      option(23, address('2001:db8::53'), address('fe80::53')),
      option(24, domainName('example.org'), domainName('lan')),
    )
    expect(read(reply)).toMatchObject({
      message: 'REPLY',
      clientDuid: Buffer.from(DUID_UUID).toString('hex'),
      serverMac: MAC_B,
      addresses: [
        { address: '2001:db8::a', preferredSeconds: 100, validSeconds: 200 },
        { address: '2001:db8::b', preferredSeconds: 100, validSeconds: 200 },
      ],
      prefixes: [{ address: '2001:db8:1::', length: 56, preferredSeconds: 10, validSeconds: 20 }],
      preference: 255,
      statusCode: 2,
      dnsServers: ['2001:db8::53', 'fe80::53'],
      searchDomains: ['example.org', 'lan'],
      incomplete: false,
    })
    expect(read(reply)).not.toHaveProperty('clientMac')
  })

  it('opens envelopes of relays, which may know the client’s MAC', () => {
    const link = option(79, ...u16(1), mac(MAC_B))
    const inner = envelope(12, 0, option(9, message(3, option(1, DUID_UUID))), link)
    expect(read(envelope(12, 1, option(9, inner)))).toMatchObject({
      message: 'REQUEST',
      relays: 2,
      peerAddress: 'fe80::c',
      xid: 0xabcdef,
      clientMac: MAC_B,
      incomplete: false,
    })
  })

  it('opens no more than 8 envelopes, and says so', () => {
    let nested: Uint8Array = message(1, option(1, DUID_LL))
    for (let i = 0; i < 8; i++) nested = envelope(12, i, option(9, nested))
    expect(read(nested)).toMatchObject({ message: 'SOLICIT', relays: 8, incomplete: false })
    nested = envelope(12, 8, option(9, nested))
    expect(read(nested)).toMatchObject({ message: 'RELAY-FORW', relays: 8, incomplete: true })
  })

  it.each([
    ['an option beyond the end', message(1, Uint8Array.of(0, 1, 0, 9, 1))],
    ['half an option header', message(1, Uint8Array.of(0, 1, 0))],
    ['an association without its header', message(1, option(3, 1, 2))],
    ['a short address', message(7, option(4, ...u32(1), option(5, 1, 2)))],
    ['a long DUID', message(1, option(1, new Uint8Array(131)))],
    ['an empty DUID', message(1, option(1))],
    ['half a DNS server', message(7, option(23, new Uint8Array(17)))],
    ['an empty envelope', envelope(12, 0)],
    ['an envelope in which is too little', envelope(12, 0, option(9, 1, 2))],
    [
      'more than 32 addresses',
      message(7, option(4, ...u32(1), ...Array.from({ length: 33 }, () => lease('::1')))),
    ],
  ])('says that it is incomplete with %s', (_what, bytes) => {
    expect(read(bytes).incomplete).toBe(true)
  })

  it('names messages it does not know, and is nothing without a header', () => {
    expect(read(message(0)).message).toBe('OTHER')
    expect(read(message(11)).message).toBe('INFORMATION-REQUEST')
    expect(read(message(200)).message).toBe('OTHER')
    for (const bytes of [new Uint8Array(3), envelope(12, 0).subarray(0, 33)])
      expect(decodeFrame(frameOf(bytes), 14, META)).toBeUndefined()
  })
})
