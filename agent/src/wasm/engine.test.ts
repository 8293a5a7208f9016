/** The counting program as WebAssembly, through the interfaces that every source offers. */
import { describe, expect, it } from 'vitest'
import { FlowReader, RECORD_BYTES, RECORD_HEADER_BYTES } from '@netscope/core/flow-record.ts'
import { decodeFlow } from '@netscope/core/flow.ts'
import {
  EVENT,
  EVENT_BYTES,
  KEY_BYTES,
  PREFIX_BYTES,
  SLOT,
  SLOT_BYTES,
} from '@netscope/core/slot.ts'
import { addressBytes } from '../mock/address-bytes.ts'
import { ethernet, ip, TCP_FLAGS, tcp, udp } from '../mock/packet.ts'
import { createEngine, DROPPED, type Engine, MALFORMED, NOT_IP } from './engine.ts'

const CONFIG = { capacity: 64, sshPorts: [22], listCapacity: 100 }
const PASS = 0
const [A, B] = ['192.0.2.1', '192.0.2.2']

const put = (engine: Engine, frame: Uint8Array, timeNs = 1e9, direction = 0): number => {
  engine.packetBytes.set(frame)
  return engine.count(frame.length, frame.length, 14, 7, direction, timeNs)
}
const datagram = (src: string, dst: string, srcPort = 1000, dstPort = 53) =>
  ethernet(ip({ src, dst }, udp(srcPort, dstPort, new Uint8Array(30))))

const prefix = (address: string, length: number): Uint8Array => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  const raw = addressBytes(address)
  new DataView(bytes.buffer).setUint32(0, raw.length === 4 ? length + 96 : length, true)
  bytes.set(raw.length === 4 ? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...raw] : raw, 4)
  return bytes
}

const flowAt = (engine: Engine, slot: number) => {
  const record = new Uint8Array(RECORD_BYTES)
  record.set(
    engine.table.slots.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES),
    RECORD_HEADER_BYTES,
  )
  return decodeFlow(
    new FlowReader(record, {
      agent: 'test',
      wallOffsetMs: 0,
      interfaceName: String,
      text: () => '',
      process: () => undefined,
    }).seek(0),
  )
}

describe('the flow table', () => {
  it('counts both directions in one entry', () => {
    const engine = createEngine(CONFIG)
    expect([put(engine, datagram(A, B)), put(engine, datagram(B, A, 53, 1000), 2e9)]).toEqual([
      PASS,
      PASS,
    ])
    expect(engine.table.handedOut()).toBe(1)
    expect(flowAt(engine, 0)).toMatchObject({
      src: A,
      dst: B,
      srcPort: 1000,
      dstPort: 53,
      srcPackets: 1,
      dstPackets: 1,
      srcBytes: 58,
      durationMs: 1000,
      interface: '7',
    })
  })

  it('says what it does not count, and counts that at the hook', () => {
    const engine = createEngine(CONFIG)
    expect(put(engine, ethernet(new Uint8Array(28), { etherType: 0x0806 }))).toBe(NOT_IP)
    expect(put(engine, ethernet(Uint8Array.of(0x41, 0, 0, 0), {}, false))).toBe(MALFORMED)
    expect(engine.hookCounters(7, 'INGRESS')).toMatchObject({
      notIpPackets: 1,
      notIpBytes: 60,
      malformedPackets: 1,
    })
  })

  it('counts what finds no room in the overflow, exactly', () => {
    const engine = createEngine(CONFIG)
    for (let port = 1; port <= 100; port++) put(engine, datagram(A, B, port))
    const overflow = engine.overflow()
    expect(overflow.reduce((sum, { packets }) => sum + packets, 0)).toBe(36)
    expect(overflow[PASS * 5 + 1]).toEqual({ packets: 36, bytes: 36 * 58 })
  })

  it('takes removed and recycled entries into use again, many times over', () => {
    const engine = createEngine(CONFIG)
    const { table } = engine
    for (let round = 0; round < 50; round++) {
      for (let port = 1; port <= 64; port++) put(engine, datagram(A, B, 100 * round + port))
      expect(table.handedOut()).toBe(64)
      const keys = new Uint8Array(64 * KEY_BYTES)
      for (let slot = 0; slot < 64; slot++) {
        const at = slot * SLOT_BYTES + SLOT.key
        keys.set(table.slots.subarray(at, at + KEY_BYTES), slot * KEY_BYTES)
      }
      table.remove(keys, 64)
      table.slots.fill(0)
      table.recycle(
        Uint32Array.from({ length: 64 }, (_, slot) => slot),
        64,
      )
    }
    expect(engine.overflow().every(({ packets }) => packets === 0)).toBe(true)
  })
})

describe('the lists', () => {
  it('judges by prefixes of both families: SSH before allow before deny', () => {
    const engine = createEngine(CONFIG)
    let srcPort = 1
    const verdict = (src: string, dst: string, dstPort = 53) => {
      const result = put(
        engine,
        ethernet(ip({ src, dst }, tcp({ srcPort: srcPort++, dstPort, flags: TCP_FLAGS.syn }))),
      )
      const { verdict } = flowAt(engine, engine.table.handedOut() - 1)
      expect(result === DROPPED).toBe(verdict === 'DROP')
      return verdict
    }
    engine.lists.add('deny', prefix('198.51.100.0', 24), 1)
    engine.lists.add('deny', prefix('2001:db8:bad::', 48), 1)
    engine.lists.add('allow', prefix('198.51.100.7', 32), 1)
    expect(verdict('198.51.100.1', B)).toBe('DROP')
    expect(verdict(B, '198.51.100.1')).toBe('DROP')
    expect(verdict('198.51.100.7', B)).toBe('SKIP')
    expect(verdict('198.51.100.1', B, 22)).toBe('SSH')
    expect(verdict('198.51.101.1', B)).toBe('PASS')
    expect(verdict('2001:db8:bad:1::5', '2001:db8::1')).toBe('DROP')
    expect(verdict('2001:db8:bae::5', '2001:db8::1')).toBe('PASS')
  })

  it('judges entries that exist already by the change, with the very next packet', () => {
    const engine = createEngine(CONFIG)
    expect(put(engine, datagram(A, B))).toBe(PASS)
    engine.lists.add('deny', prefix(A, 32), 1)
    expect(put(engine, datagram(A, B))).toBe(DROPPED)
    expect(flowAt(engine, 0)).toMatchObject({
      verdict: 'DROP',
      srcPackets: 2,
      srcDroppedPackets: 1,
    })
    engine.lists.remove('deny', prefix(A, 32), 1)
    expect(put(engine, datagram(A, B))).toBe(PASS)
  })

  it('knows 0.0.0.0/0 and ::/0', () => {
    const engine = createEngine(CONFIG)
    engine.lists.add('deny', prefix('0.0.0.0', 0), 1)
    expect([put(engine, datagram(A, B)), put(engine, datagram('::1', '::2'))]).toEqual([
      DROPPED,
      PASS,
    ])
    engine.lists.add('deny', prefix('::', 0), 1)
    expect(put(engine, datagram('::1', '::2'))).toBe(DROPPED)
  })

  it('takes no more than fits, and then nothing of it', () => {
    const engine = createEngine({ ...CONFIG, listCapacity: 1 })
    const two = Uint8Array.from([...prefix(A, 32), ...prefix(B, 32)])
    expect(() => engine.lists.add('deny', two, 2)).toThrow('at most 1')
    expect(put(engine, datagram(A, B))).toBe(PASS)
  })

  it('takes an entry again that it holds already when it is full', () => {
    const engine = createEngine({ ...CONFIG, listCapacity: 1 })
    engine.lists.add('deny', prefix(A, 32), 1)
    expect(() => engine.lists.add('deny', prefix(A, 32), 1)).not.toThrow()
  })
})

describe('the events', () => {
  it('are produced only while watched', () => {
    const engine = createEngine(CONFIG)
    put(engine, datagram(A, B))
    expect(engine.events.drain(() => undefined)).toBe(0)
    engine.events.watch(true, 100_000)
    put(engine, datagram(A, B), 5e9, 1)
    const seen: [length: number, port: number, direction: number, timeNs: number][] = []
    engine.events.drain((records, count) => {
      const view = new DataView(records.buffer, records.byteOffset)
      seen.push([
        records.length / count,
        view.getUint16(EVENT.dstPort, true),
        view.getUint8(EVENT.direction),
        Number(view.getBigUint64(EVENT.timeNs, true)),
      ])
    })
    expect(seen).toEqual([[EVENT_BYTES, 53, 1, 5e9]])
    engine.events.watch(false, 0)
    put(engine, datagram(A, B))
    expect(engine.events.drain(() => undefined)).toBe(0)
  })

  it('are limited per 10 ms, the rest is counted', () => {
    const engine = createEngine(CONFIG)
    engine.events.watch(true, 1000)
    for (let i = 0; i < 25; i++) put(engine, datagram(A, B), 1e9)
    expect(engine.events.drain(() => undefined)).toBe(10)
    expect(engine.events.counts()).toEqual({ sent: 10, skipped: 15, lost: 0 })
  })

  it('are counted as lost when nobody drains', () => {
    const engine = createEngine(CONFIG)
    engine.events.watch(true, 10_000_000)
    for (let i = 0; i < 8200; i++) put(engine, datagram(A, B), 1e9)
    expect(engine.events.counts()).toEqual({ sent: 8192, skipped: 0, lost: 8 })
  })
})
