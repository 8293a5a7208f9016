/** Prefixes: strict parsing, canonical text, binary form; against inet_pton (node:net) and ipaddr.js. */
import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import { decodePrefix, encodePrefix, formatPrefix, parsePrefix } from './prefix.ts'
import { PREFIX_BYTES } from './slot.ts'

const canonical: [text: string, expected: string, length: number][] = [
  ['1.2.3.4', '1.2.3.4', 128],
  ['1.2.3.4/32', '1.2.3.4', 128],
  ['10.1.2.3/8', '10.0.0.0/8', 104],
  ['255.255.255.255/1', '128.0.0.0/1', 97],
  ['0.0.0.0', '0.0.0.0', 128],
  ['0.0.0.0/0', '0.0.0.0/0', 96],
  ['::', '::', 128],
  ['::1', '::1', 128],
  ['::/0', '::/0', 0],
  ['2001:DB8::1', '2001:db8::1', 128],
  ['2001:0db8:0000:0000:0000:0000:0000:0001/128', '2001:db8::1', 128],
  ['2001:db8:ffff::/33', '2001:db8:8000::/33', 33],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8', 128],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0', 128],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221', 128],
  ['::ffff:1.2.3.4', '1.2.3.4', 128],
  ['::FFFF:102:304', '1.2.3.4', 128],
  ['::ffff:10.1.2.3/104', '10.0.0.0/8', 104],
  ['::ffff:0:0/96', '0.0.0.0/0', 96],
  ['::1.2.3.4', '::102:304', 128],
  ['0:0:0:0:0:fffe::/96', '::fffe:0:0/96', 96],
]

const refused = [
  '',
  ' ',
  '.',
  '/',
  ':',
  ':::',
  '1',
  '1.2.3',
  '1.2.3.',
  '.1.2.3',
  '1.2.3.4.',
  '1.2.3.4.5',
  '1..3.4',
  '256.1.1.1',
  '1.2.3.999',
  '01.2.3.4',
  '1.2.3.04',
  '00.0.0.0',
  '0x7f.0.0.1',
  '0x7f000001',
  '2130706433',
  '1.2.3.4 ',
  ' 1.2.3.4',
  '1.2.3.4\n',
  '1.2. 3.4',
  '+1.2.3.4',
  '-1.2.3.4',
  '1.2.3.4a',
  '１.2.3.4',
  '1.2.3.4/',
  '1.2.3.4/33',
  '1.2.3.4/-1',
  '1.2.3.4/08',
  '1.2.3.4/0x8',
  '1.2.3.4/8/8',
  '1.2.3.4/255.0.0.0',
  '1.2.3.4/ 8',
  '1.2.3.4/1e1',
  '1.2.3.4:80',
  '[::1]',
  '::1%eth0',
  'fe80::1%1/64',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  '12345::',
  '::g',
  ':1::2',
  '1:',
  '1:2:3:4:5:6:7:8::',
  '::1/129',
  '::1/',
  '::1/01',
  '::1.2.3',
  '::1.2.3.04',
  '::1.2.3.4.5',
  '1.2.3.4::',
  '1:2:3:4:5:6:7:1.2.3.4',
  '::1.2.3.4:5',
  '::/1',
  '::/80',
  '::ffff:0:0/95',
  '::ffff:0:0/81',
  '::c000:0:0/81x',
  'localhost',
  'example.com',
  '1'.repeat(60),
  '0:'.repeat(30),
  '::'.repeat(30),
  '\0',
  '1.2.3.4\0',
  '١.2.3.4',
]

describe('a prefix', () => {
  it.each(canonical)('%s is %s', (text, expected, length) => {
    const prefix = parsePrefix(text)
    expect(prefix.text).toBe(expected)
    expect(prefix.length).toBe(length)
    expect(parsePrefix(prefix.text)).toEqual(prefix)
  })

  it.each(refused)('%j is refused', (text) => {
    expect(() => parsePrefix(text)).toThrow(/is not an address or prefix: ./)
  })

  it('says what is wrong and never repeats more than 50 characters of it', () => {
    expect(() => parsePrefix('1.2.3')).toThrow('four decimal numbers')
    expect(() => parsePrefix('1.2.3.4/99')).toThrow('0 to 32')
    expect(() => parsePrefix('fe80::1%eth0')).toThrow('zone')
    expect(() => parsePrefix('::/8')).toThrow('all of IPv4')
    expect(() => parsePrefix('x'.repeat(1e6))).toThrow(/^.{1,200}$/s)
  })

  it('is 20 bytes for the kernel: length little-endian, then the address', () => {
    const bytes = new Uint8Array(3 * PREFIX_BYTES).fill(0xaa)
    expect(encodePrefix('10.9.8.7/8', bytes, PREFIX_BYTES)).toBeUndefined()
    expect([...bytes.slice(PREFIX_BYTES, 2 * PREFIX_BYTES)]).toEqual([
      104, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 0,
    ])
    expect([...bytes.slice(0, 20), ...bytes.slice(40)].every((byte) => byte === 0xaa)).toBe(true)
    expect(formatPrefix(bytes, PREFIX_BYTES)).toBe('10.0.0.0/8')
    expect(decodePrefix(bytes, PREFIX_BYTES)).toEqual(parsePrefix('10.0.0.0/8'))
  })
})

/** mulberry32: the same numbers in every run. */
const randomNumbers = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

describe('compared with others, prefixes', () => {
  const random = randomNumbers(7)
  const below = (n: number) => Math.floor(random() * n)
  const parts = [
    '0',
    '1',
    'ff',
    '255',
    '256',
    'ffff',
    'g',
    ':',
    '::',
    '.',
    '1.2.3.4',
    'db8',
    '00',
    '08',
    '%',
    'A',
  ]
  const noise = () =>
    Array.from({ length: 1 + below(9) }, () => parts[below(parts.length)]).join('')
  const hex = () => (below(3) === 0 ? '0' : below(65536).toString(16))
  const v6 = () => {
    const groups = Array.from({ length: 8 }, hex)
    if (below(2)) groups.splice(below(8), 1 + below(3), '')
    return groups.join(':').replace(/^:|:$/, '::')
  }
  const v4 = () => Array.from({ length: 4 }, () => below(below(4) ? 256 : 270)).join('.')

  it('accept exactly the addresses that inet_pton accepts', () => {
    let accepted = 0
    for (let i = 0; i < 60000; i++) {
      const text = [noise, v6, v4][i % 3]!()
      const ours = encodePrefix(text, new Uint8Array(PREFIX_BYTES), 0) === undefined
      const theirs = isIPv4(text) || (isIPv6(text) && !text.includes('%'))
      if (ours !== theirs) throw new Error(`${text}: ours ${ours}, inet_pton ${theirs}`)
      if (ours) accepted++
    }
    expect(accepted).toBeGreaterThan(20000)
  })

  it('have the network address and the text that ipaddr.js finds', () => {
    for (let i = 0; i < 20000; i++) {
      const isV6 = i % 2 === 0
      const address = isV6
        ? `2${below(4096).toString(16).padStart(3, '0')}:${hex()}::${hex()}:${hex()}`
        : v4()
      if (!isV6 && !isIPv4(address)) continue
      // IPv6 from /3: a shorter one of 2000::/3 holds ::ffff:0:0/96, which we refuse.
      const text = `${address}/${isV6 ? 3 + below(125) : 1 + below(31)}`
      const [network, bits] = ipaddr.parseCIDR(text)
      const kind = isV6 ? ipaddr.IPv6 : ipaddr.IPv4
      const expected = kind.networkAddressFromCIDR(text)
      const ours = parsePrefix(text)
      expect([...ours.addr].slice(isV6 ? 0 : 12)).toEqual(expected.toByteArray())
      expect(ours.length).toBe(bits + (isV6 ? 0 : 96))
      expect(network.match([expected, bits] as never)).toBe(true)
      const shown = isV6 ? (expected as ipaddr.IPv6).toRFC5952String() : expected.toString()
      expect(ours.text).toBe(`${shown}/${bits}`)
    }
  })
})
