/** Neighbor Discovery as routers, hosts and attackers send it. */
import { describe, expect, it } from 'vitest'
import { decodeFrame } from './decode-frame.ts'
import {
  address,
  decode,
  domainName,
  join,
  mac,
  MAC_A,
  MAC_B,
  META,
  ndpFrame,
  ndpOption,
  u16,
  u32,
} from './observe-rig.ts'

const [RS, RA, NS, NA, REDIRECT] = [133, 134, 135, 136, 137]
/** `ethernet` sends from MAC_A. */
const sourceLink = (text = MAC_A) => ndpOption(1, mac(text))
const targetLink = (text = MAC_A) => ndpOption(2, mac(text))
const TARGET = address('fe80::2')

const advertisement = (...options: Uint8Array[]) =>
  ndpFrame(RA, 0x40_cc_07_08, join(...u32(30_000), ...u32(1000), ...options))

describe('router advertisement', () => {
  it('gives all that hosts configure themselves by', () => {
    const frame = advertisement(
      sourceLink(),
      ndpOption(5, 0, 0, ...u32(1400)),
      ndpOption(3, 64, 0xc0, ...u32(86_400), ...u32(14_400), ...u32(0), address('2001:db8:1::')),
      ndpOption(3, 48, 0, ...u32(0xffffffff), ...u32(0), ...u32(0), address('2001:db8:2::')),
      ndpOption(24, 0, 0x08, ...u32(600)),
      ndpOption(24, 48, 0x18, ...u32(700), address('2001:db8:3::').subarray(0, 8)),
      ndpOption(25, 0, 0, ...u32(300), address('2001:db8::53'), address('fe80::53')),
      ndpOption(
        31,
        0,
        0,
        ...u32(300),
        domainName('example.org'),
        domainName('lan'),
        0,
        0,
        0,
        0,
        0,
        0,
      ),
    )
    expect(decode('ndp', frame)).toEqual({
      ...META,
      innerVlan: 0,
      srcMac: MAC_A,
      dstMac: MAC_B,
      src: 'fe80::1',
      dst: 'ff02::1',
      incomplete: false,
      kind: 'ndp',
      message: 'RA',
      hopLimit: 255,
      code: 0,
      fragmented: false,
      sourceLinkMac: MAC_A,
      linkMismatch: false,
      advertisedHopLimit: 64,
      managed: true,
      otherConfig: true,
      homeAgent: false,
      preference: 'high',
      proxy: true,
      routerLifetimeSeconds: 0x0708,
      reachableTimeMs: 30_000,
      retransTimerMs: 1000,
      mtuBytes: 1400,
      prefixes: [
        {
          prefix: '2001:db8:1::',
          length: 64,
          onLink: true,
          autonomous: true,
          validSeconds: 86_400,
          preferredSeconds: 14_400,
        },
        {
          prefix: '2001:db8:2::',
          length: 48,
          onLink: false,
          autonomous: false,
          validSeconds: 4_294_967_295,
          preferredSeconds: 0,
        },
      ],
      routes: [
        { prefix: '::', length: 0, preference: 'high', lifetimeSeconds: 600 },
        { prefix: '2001:db8:3::', length: 48, preference: 'low', lifetimeSeconds: 700 },
      ],
      dnsServers: [
        { address: '2001:db8::53', lifetimeSeconds: 300 },
        { address: 'fe80::53', lifetimeSeconds: 300 },
      ],
      searchDomains: ['example.org', 'lan'],
    })
  })

  it.each([
    [0x00, 'medium'],
    [0x08, 'high'],
    [0x10, 'reserved'],
    [0x18, 'low'],
  ])('knows the preference of flags %i', (flags, preference) => {
    const frame = ndpFrame(RA, flags << 16, new Uint8Array(8))
    expect(decode('ndp', frame)).toMatchObject({ preference, routerLifetimeSeconds: 0 })
  })

  it('keeps no more than 32 of a kind, and says so', () => {
    const prefix = ndpOption(3, 64, 0, ...u32(0), ...u32(0), ...u32(0), new Uint8Array(16))
    const frame = advertisement(...Array.from({ length: 40 }, () => prefix))
    const { incomplete, ...ndp } = decode('ndp', frame)
    expect(incomplete).toBe(true)
    expect(ndp).toHaveProperty('prefixes.length', 32)
  })
})

describe('neighbour messages', () => {
  it.each([
    [
      'a solicitation',
      ndpFrame(NS, 0, join(TARGET, sourceLink())),
      { message: 'NS', target: 'fe80::2', sourceLinkMac: MAC_A, duplicateCheck: false },
    ],
    [
      'a check for duplicates',
      ndpFrame(NS, 0, TARGET, { src: '::' }),
      { message: 'NS', duplicateCheck: true, linkMismatch: false },
    ],
    [
      'an advertisement of a router',
      ndpFrame(NA, 0xe0000000, join(TARGET, targetLink())),
      { message: 'NA', router: true, solicited: true, override: true, targetLinkMac: MAC_A },
    ],
    [
      'an advertisement of a host',
      ndpFrame(NA, 0x40000000, TARGET),
      { message: 'NA', router: false, solicited: true, override: false, linkMismatch: false },
    ],
    [
      'a router solicitation',
      ndpFrame(RS, 0, sourceLink()),
      { message: 'RS', linkMismatch: false },
    ],
    [
      'a redirect',
      ndpFrame(REDIRECT, 0, join(TARGET, address('2001:db8::9'), targetLink(MAC_B))),
      {
        message: 'redirect',
        target: 'fe80::2',
        destination: '2001:db8::9',
        targetLinkMac: MAC_B,
        linkMismatch: false,
      },
    ],
    [
      'another source than the frame’s',
      ndpFrame(NS, 0, join(TARGET, sourceLink(MAC_B))),
      { linkMismatch: true },
    ],
    [
      'another target than the frame’s source',
      ndpFrame(NA, 0x20000000, join(TARGET, targetLink(MAC_B))),
      { linkMismatch: true },
    ],
    ['a packet that came through a router', ndpFrame(NA, 0, TARGET, { ttl: 64 }), { hopLimit: 64 }],
    [
      'an IPv4 address in IPv6 as what it is',
      ndpFrame(NA, 0, address('::ffff:c000:201')),
      { target: '::ffff:c000:201' },
    ],
    [
      'a link-layer address of another link',
      ndpFrame(NS, 0, join(TARGET, ndpOption(1, new Uint8Array(14)))),
      { incomplete: true, linkMismatch: false },
    ],
    [
      'unknown options',
      ndpFrame(NS, 0, join(TARGET, ndpOption(14, new Uint8Array(6)), sourceLink())),
      { incomplete: false, sourceLinkMac: MAC_A },
    ],
  ])('read: %s', (_what, frame, expected) => {
    expect(decode('ndp', frame)).toMatchObject(expected)
  })

  it.each([
    ['an option of length 0', ndpFrame(NS, 0, join(TARGET, 1, 0, new Uint8Array(6)))],
    ['an option beyond the packet', ndpFrame(NS, 0, join(TARGET, 1, 2, new Uint8Array(6)))],
    ['half an option header', ndpFrame(NS, 0, join(TARGET, 1))],
    ['no room for the target', ndpFrame(NS, 0, new Uint8Array(15))],
    ['another ICMPv6 type', ndpFrame(128, 0, TARGET)],
  ])('ignored as hosts do: %s', (_what, frame) => {
    expect(decodeFrame(frame, 14, META)).toBeUndefined()
  })

  it('that are cut off by the capture give what is there', () => {
    const frame = ndpFrame(NS, 0, join(TARGET, sourceLink(), ndpOption(14, ...u16(0), ...u32(0))))
    expect(decode('ndp', frame.subarray(0, -3))).toMatchObject({
      incomplete: true,
      sourceLinkMac: MAC_A,
    })
  })
})
