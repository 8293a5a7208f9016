/** Which packets the ring gives to a capture: what the kernel's filter would have taken. */
import { expect, test } from 'vitest'
import { KEY, KEY_BYTES } from '@netscope/core/slot.ts'
import type { CaptureFilter } from '@netscope/core/wire.ts'
import { CAPTURED } from './captured-packet.ts'
import { encodeFilter } from './encode-filter.ts'
import { captured, type FakeRecord } from './fake-tap.ts'
import { createPacketTest } from './match-packet.ts'

const OWN_PORT = 8086
const FRAME = new Uint8Array(60)

const takes = (filter: CaptureFilter, record: Partial<FakeRecord> = {}, ifindex = 0): boolean => {
  const encoded = encodeFilter(filter, { snapLength: 128, ifindex, ownPort: OWN_PORT })
  return createPacketTest(encoded, OWN_PORT)(captured({ bytes: FRAME, ...record }))
}

// The packet, if nothing else is said: TCP from 10.0.0.1:4000 to 10.0.0.2:443 on interface 2.
test.each<[string, CaptureFilter, Partial<FakeRecord>, boolean]>([
  ['no filter takes all', {}, {}, true],
  ['the source', { ip: '10.0.0.1' }, {}, true],
  ['the destination', { ip: '10.0.0.2' }, {}, true],
  ['neither', { ip: '10.0.0.3' }, {}, false],
  ['a prefix', { ip: '10.0.0.0/30' }, {}, true],
  ['a prefix beside', { ip: '10.0.0.4/30' }, {}, false],
  ['IPv6', { ip: '2001:db8::/32' }, { src: '2001:db8::7', dst: 'fe80::1' }, true],
  ['IPv6 beside', { ip: '2001:db9::/32' }, { src: '2001:db8::7', dst: 'fe80::1' }, false],
  ['a port of either side', { port: 443 }, {}, true],
  ['the other side', { port: 4000 }, {}, true],
  ['another port', { port: 80 }, {}, false],
  ['port 0 is one', { port: 0 }, {}, false],
  ['the protocol', { protocol: 6 }, {}, true],
  ['another protocol', { protocol: 17 }, {}, false],
  ['all must hold', { ip: '10.0.0.1', port: 80 }, {}, false],
  ['our own page', {}, { ifindex: 1, dstPort: OWN_PORT }, false],
  ['our own page by its port', { port: OWN_PORT }, { ifindex: 1, dstPort: OWN_PORT }, true],
  ['that port elsewhere', {}, { ifindex: 2, dstPort: OWN_PORT }, true],
])('%s', (_what, filter, record, expected) => {
  expect(takes(filter, record)).toBe(expected)
})

test('one interface', () => {
  expect([takes({}, {}, 2), takes({}, {}, 3)]).toEqual([true, false])
})

/** Of the packet: 10.0.0.1:4000 is the lower end. */
const keyOf = (given: { vlan?: number; innerVlan?: number; ifindex?: number } = {}): string => {
  const key = Buffer.alloc(KEY_BYTES)
  const record = captured({ bytes: FRAME })
  const bytes = Buffer.from(record.view.buffer)
  bytes.copy(key, KEY.loAddr, CAPTURED.srcAddr, CAPTURED.srcAddr + 32)
  key.writeUInt16LE(4000, KEY.loPort)
  key.writeUInt16LE(443, KEY.hiPort)
  key.writeUInt16LE(given.vlan ?? 0, KEY.vlan)
  key.writeUInt16LE(given.innerVlan ?? 0, KEY.innerVlan)
  key.writeUInt32LE(given.ifindex ?? 2, KEY.ifindex)
  key[KEY.protocol] = 6
  return key.toString('hex')
}
/** With tags from byte 12 on. */
const tagged = (...ids: number[]): Uint8Array => {
  const frame = Buffer.alloc(60)
  ids.forEach((id, i) => {
    frame.writeUInt16BE(0x8100, 12 + 4 * i)
    frame.writeUInt16BE(0x6000 | id, 14 + 4 * i)
  })
  return frame
}
const BACK = { src: '10.0.0.2', dst: '10.0.0.1', srcPort: 443, dstPort: 4000 }

test.each<[string, string, Partial<FakeRecord>, boolean]>([
  ['a flow forth', keyOf(), {}, true],
  ['and back', keyOf(), BACK, true],
  ['not with the ports the other way', keyOf(), { srcPort: 443, dstPort: 4000 }, false],
  ['not another protocol', keyOf(), { protocol: 17 }, false],
  ['not on another interface', keyOf({ ifindex: 3 }), {}, false],
  ['not in a VLAN', keyOf(), { bytes: tagged(5) }, false],
  ['in its VLAN', keyOf({ vlan: 5 }), { bytes: tagged(5) }, true],
  ['by the stripped tag', keyOf({ vlan: 5 }), { vlan: { tci: 0x2005, proto: 0x8100 } }, true],
  ['by two tags', keyOf({ vlan: 5, innerVlan: 6 }), { bytes: tagged(5, 6) }, true],
  [
    'by a stripped one and one that is left',
    keyOf({ vlan: 5, innerVlan: 6 }),
    { bytes: tagged(6), vlan: { tci: 5, proto: 0x88a8 } },
    true,
  ],
  ['without a link header', keyOf(), { bytes: tagged(5), raw: true }, true],
])('%s', (_what, key, record, expected) => {
  expect(takes({ key }, record)).toBe(expected)
})
