/** The maps of the loaded program, fed by test runs: lists, slots and the event ring as the kernel has them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  DIRECTIONS,
  EVENT,
  EVENT_BYTES,
  KEY_BYTES,
  SLOT,
  SLOT_BYTES,
  VERDICTS,
} from '@netscope/core/slot.ts'
import { createTestKernel, LO } from './test-kernel.ts'
import { createTestRun } from './test-run.ts'
import { ethernet, icmpv6, ip, tcp, udp } from '../mock/packet.ts'

const CAPACITY = 64
const DROPPED = 2

const frame = (src: string, srcPort = 1000, dstPort = 53) =>
  ethernet(ip({ src, dst: '192.0.2.1' }, udp(srcPort, dstPort)))

/** PREFIX_BYTES of an IPv4 prefix. */
const prefix = (address: string, bits = 32): Buffer => {
  const bytes = Buffer.alloc(20)
  bytes.writeUInt32LE(96 + bits)
  bytes.set([0xff, 0xff, ...address.split('.').map(Number)], 14)
  return bytes
}

describe('the kernel tables', () => {
  let kernel: ReturnType<typeof createTestKernel>
  let run: ReturnType<typeof createTestRun>
  beforeEach(() => {
    kernel = createTestKernel(CAPACITY, [22])
    run = createTestRun(kernel.programFd('netscope_in'))
  })
  afterEach(() => kernel.close())

  it('a prefix on the deny list drops from the next packet on, and passes again when removed', () => {
    const packet = frame('10.1.2.3')
    expect(run(packet)).not.toBe(DROPPED)
    kernel.lists.add('deny', prefix('10.1.0.0', 16), 1)
    expect(run(packet)).toBe(DROPPED)
    expect(run(frame('10.2.2.3'))).not.toBe(DROPPED)
    kernel.lists.remove('deny', prefix('10.1.0.0', 16), 1)
    expect(run(packet)).not.toBe(DROPPED)
  })

  it('allow beats deny whatever the lengths, and SSH beats both', () => {
    kernel.lists.add('deny', Buffer.concat([prefix('10.0.0.7'), prefix('10.9.0.0', 16)]), 2)
    kernel.lists.add('allow', prefix('10.0.0.0', 8), 1)
    expect(run(frame('10.0.0.7'))).not.toBe(DROPPED)
    kernel.lists.remove('allow', prefix('10.0.0.0', 8), 1)
    expect(run(frame('10.0.0.7'))).toBe(DROPPED)
    const ssh = ethernet(
      ip({ src: '10.0.0.7', dst: '192.0.2.1' }, tcp({ srcPort: 40000, dstPort: 22, flags: 2 })),
    )
    expect(run(ssh)).not.toBe(DROPPED)
  })

  it('a full list says so and keeps what it has', () => {
    const many = Buffer.concat(
      Array.from({ length: 1001 }, (_, i) => prefix(`10.5.${i >> 8}.${i & 255}`)),
    )
    expect(() => kernel.lists.add('deny', many, 1001)).toThrow(/deny list is full: it holds 1000/)
    expect(run(frame('10.5.0.1'))).toBe(DROPPED)
  })

  it('removing what is not on a list does no harm', () => {
    kernel.lists.add('deny', prefix('10.0.0.7'), 1)
    kernel.lists.remove(
      'deny',
      Buffer.concat([prefix('10.0.0.1'), prefix('10.0.0.7'), prefix('10.0.0.9')]),
      3,
    )
    expect(run(frame('10.0.0.7'))).not.toBe(DROPPED)
  })

  it('a removed key gets a new slot, a recycled slot a new flow', () => {
    for (let i = 0; i < CAPACITY; i++) run(frame('10.0.0.1', 1000 + i))
    run(frame('10.0.0.1', 5000))
    expect(kernel.overflow().reduce((sum, { packets }) => sum + packets, 0)).toBe(1)
    expect(kernel.table.handedOut()).toBe(CAPACITY)
    const key = kernel.table.slots.slice(SLOT.key, SLOT.key + KEY_BYTES)
    kernel.table.remove(key, 1)
    kernel.table.slots.fill(0, 0, SLOT_BYTES)
    kernel.table.recycle(Uint32Array.of(0), 1)
    run(frame('10.0.0.1', 5000))
    const view = new DataView(kernel.table.slots.buffer)
    expect(view.getUint32(SLOT.packets, true) + view.getUint32(SLOT.packets + 8, true)).toBe(1)
    expect(kernel.table.handedOut()).toBe(CAPACITY)
  })

  it.each([
    ['one address that looks like IPv4', '::ffff:10.0.0.1', '2001:db8::1'],
    ['two addresses that look like IPv4', '::ffff:10.0.0.1', '::ffff:192.0.2.1'],
  ])('removes the key of an IPv6 packet with %s', (_, src, dst) => {
    const packet = ethernet(ip({ src, dst }, udp(1000, 53)))
    run(packet)
    expect(kernel.table.handedOut()).toBe(1)
    kernel.table.remove(kernel.table.slots.slice(SLOT.key, SLOT.key + KEY_BYTES), 1)
    run(packet)
    expect(kernel.table.handedOut()).toBe(2)
  })

  it('recycled slots are used before fresh ones', () => {
    run(frame('10.0.0.1'))
    run(frame('10.0.0.2'))
    expect(kernel.table.handedOut()).toBe(2)
    kernel.table.remove(kernel.table.slots.slice(SLOT.key, SLOT.key + KEY_BYTES), 1)
    kernel.table.slots.fill(0, 0, SLOT_BYTES)
    kernel.table.recycle(Uint32Array.of(0), 1)
    run(frame('10.0.0.3'))
    expect(kernel.table.handedOut()).toBe(2)
    run(frame('10.0.0.4'))
    expect(kernel.table.handedOut()).toBe(3)
  })

  it('forgets the counters of an interface that has gone', () => {
    run(ethernet(Buffer.alloc(50), { etherType: 0x0806 }))
    expect(kernel.hookCounters(LO, 'INGRESS').notIpPackets).toBe(1)
    kernel.forgetHookCounters(LO)
    expect(kernel.hookCounters(LO, 'INGRESS').notIpPackets).toBe(0)
  })

  it('makes no events unless watched, then one whole record per packet', () => {
    const records: Uint8Array[] = []
    const drain = () => kernel.events.drain((bytes) => records.push(bytes.slice()))
    run(frame('10.0.0.1'))
    expect(drain()).toBe(0)
    kernel.events.watch(true, 100_000)
    run(frame('10.0.0.1', 1234, 53))
    expect(drain()).toBe(1)
    kernel.events.watch(false, 0)
    run(frame('10.0.0.1'))
    expect(drain()).toBe(0)
    expect(records[0]).toHaveLength(EVENT_BYTES)
    const view = new DataView((records[0] ?? new Uint8Array()).buffer)
    expect(view.getUint16(EVENT.srcPort, true)).toBe(1234)
    expect(view.getUint32(EVENT.ifindex, true)).toBe(LO)
    expect(DIRECTIONS[view.getUint8(EVENT.direction)]).toBe('INGRESS')
    expect(VERDICTS[view.getUint8(EVENT.verdict)]).toBe('PASS')
    expect(kernel.events.counts()).toEqual({ sent: 1, skipped: 0, lost: 0 })
  })

  it('more than the limit is skipped, more than the ring holds is lost, and both are counted', () => {
    kernel.events.watch(true, 1)
    for (let i = 0; i < 50; i++) run(frame('10.0.0.1'))
    expect(kernel.events.counts().skipped).toBeGreaterThan(0)
    kernel.events.watch(true, 100_000_000)
    for (let i = 0; i < 20_000; i++) run(frame('10.0.0.1'))
    const { sent, lost, skipped } = kernel.events.counts()
    expect(lost).toBeGreaterThan(0)
    expect(sent + lost + skipped).toBe(20_050)
    let drained = 0
    kernel.events.drain((_bytes, count) => (drained += count))
    expect(drained).toBe(sent)
  })

  it('neighbour discovery passes a blocked prefix as ARP does, other ICMPv6 is dropped', () => {
    const documentation = Buffer.from(`20000000${'20010db8'.padEnd(32, '0')}`, 'hex')
    kernel.lists.add('deny', documentation, 1)
    const message = (type: number) =>
      ethernet(ip({ src: '2001:db8::1', dst: '2001:db8::2' }, icmpv6(type, 0)))
    for (const type of [133, 134, 135, 136]) expect(run(message(type))).not.toBe(DROPPED)
    for (const type of [1, 128, 129, 132, 137]) expect(run(message(type))).toBe(DROPPED)
  })

  it('our own page on lo stays reachable when loopback is blocked', () => {
    kernel.control.setQuietPort(8086)
    kernel.lists.add('deny', prefix('127.0.0.0', 8), 1)
    expect(run(frame('127.0.0.1', 40000, 8086))).not.toBe(DROPPED)
    expect(run(frame('127.0.0.1', 40000, 8087))).toBe(DROPPED)
  })

  it('our own page on lo makes no events', () => {
    kernel.control.setQuietPort(8086)
    kernel.events.watch(true, 100_000)
    run(frame('127.0.0.1', 40000, 8086))
    run(frame('127.0.0.1', 40000, 8087))
    expect(kernel.events.drain(() => undefined)).toBe(1)
  })
})
