/** The made-up network in made-up time: believable, the same for the same seed, obedient to the lists. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { FlowReader, RECORD_BYTES, RECORD_HEADER_BYTES } from '@netscope/core/flow-record.ts'
import { decodeFlow, type Flow } from '@netscope/core/flow.ts'
import {
  EVENT,
  EVENT_BYTES,
  OBSERVATION,
  OBSERVED_KINDS,
  PREFIX_BYTES,
  SLOT_BYTES,
} from '@netscope/core/slot.ts'
import type { Source } from '../source.ts'
import { BACKUP_SITE, SCANNER } from './cast.ts'
import { createMockSource } from './mock-source.ts'

const CONFIG = {
  mock: { seed: 1 },
  flows: { tableSize: 16384 },
  lists: { maxEntries: 1000 },
  network: { sshPorts: [22] },
}

/** A source in time that only advance() moves. */
const createRig = async (seed = 1) => {
  let nowMs = 5000
  let step = (): void => undefined
  let running = false
  const source = createMockSource(
    { ...CONFIG, mock: { seed } },
    {
      monotonicMs: () => nowMs,
      wallMs: () => 1_700_000_000_000 + nowMs,
      every: (_ms, run) => {
        step = run
        running = true
        return () => (running = false)
      },
    },
  )
  await source.start()
  const advance = (seconds: number): void => {
    for (let i = 0; i < seconds * 20; i++) {
      nowMs += 50
      step()
    }
  }
  const sleep = (seconds: number): void => {
    nowMs += seconds * 1000
    step()
  }
  return { source, advance, sleep, isRunning: () => running }
}

const flowsOf = (source: Source): Flow[] => {
  const used = Math.min(source.table.handedOut(), source.table.capacity)
  return Array.from({ length: used }, (_, slot) => {
    const record = new Uint8Array(RECORD_BYTES)
    record.set(
      source.table.slots.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES),
      RECORD_HEADER_BYTES,
    )
    const context = {
      agent: 'mock',
      wallOffsetMs: source.wallOffsetMs(),
      text: () => '',
      process: () => undefined,
      interfaceName: (n: number) =>
        source.interfaces().find((one) => one.ifindex === n)?.name ?? '',
    }
    return decodeFlow(new FlowReader(record, context).seek(0))
  })
}

const deny = (source: Source, v4: string): void => {
  const entry = new Uint8Array(PREFIX_BYTES)
  new DataView(entry.buffer).setUint32(0, 128, true)
  entry.set([255, 255, ...v4.split('.').map(Number)], 4 + 10)
  source.lists.add('deny', entry, 1)
}

const eventsOf = (source: Source): { verdict: number; direction: number }[] => {
  const events: { verdict: number; direction: number }[] = []
  source.events.drain((records, count) => {
    for (let i = 0; i < count; i++) {
      const at = i * EVENT_BYTES
      events.push({
        verdict: records[at + EVENT.verdict] ?? 0,
        direction: records[at + EVENT.direction] ?? 0,
      })
    }
  })
  return events
}

const SEED_OF_V4_BACKUP = 2

const packetsOf = (flows: readonly Flow[]) =>
  flows.reduce((sum, flow) => sum + flow.srcPackets + flow.dstPackets, 0)

describe('the made-up network', () => {
  it('shows what a small network does', async () => {
    const { source, advance } = await createRig()
    advance(90)
    const flows = flowsOf(source)
    const some = (test: (flow: Flow) => boolean) => flows.some(test)
    expect(some((flow) => flow.dstPort === 53 && flow.dstPackets === 1)).toBe(true)
    expect(
      some(
        (flow) =>
          flow.dstPort === 443 &&
          flow.handshake === 'complete' &&
          flow.dstBytes > 5000 &&
          flow.finCount === 2,
      ),
    ).toBe(true)
    expect(some((flow) => flow.src.includes(':') && flow.dstPort === 443)).toBe(true)
    expect(some((flow) => flow.dstPort === 123)).toBe(true)
    expect(some((flow) => flow.dstPort === 5353)).toBe(true)
    expect(some((flow) => flow.protocol === 'ICMPv6')).toBe(true)
    expect(
      some((flow) => flow.dstPort === 22 && flow.verdict === 'SSH' && flow.srcPackets > 20),
    ).toBe(true)
    expect(some((flow) => flow.vlan === 30)).toBe(true)
    expect(some((flow) => flow.interface === 'lo')).toBe(true)
    expect(some((flow) => flow.dstPort === 22000 && flow.srcBytes > 1e6)).toBe(true)
    expect(
      flows.filter((flow) => flow.src === SCANNER.v4 && flow.handshake === 'refused').length,
    ).toBeGreaterThan(300)
    expect(
      flows.filter((flow) => flow.dstPort === 80 && flow.handshake === 'unanswered').length,
    ).toBeGreaterThan(2000)
  })

  it('says names: DNS, TLS, mDNS', async () => {
    const { source, advance } = await createRig()
    source.observations.observe({ maxPerSecond: 10_000, http: false })
    advance(30)
    const kinds = new Set<number>()
    source.observations.drain((record) => kinds.add(record[OBSERVATION.kind] ?? 0))
    for (const kind of ['dns', 'tls', 'names', 'ndp'] as const) {
      expect(kinds).toContain(OBSERVED_KINDS.indexOf(kind))
    }
  })

  it('sends a few hundred packets a second', async () => {
    const { source, advance } = await createRig()
    advance(60)
    expect(packetsOf(flowsOf(source)) / 60).toBeGreaterThan(200)
    expect(packetsOf(flowsOf(source)) / 60).toBeLessThan(2000)
  })

  it('has no checksum or length that the counting program doubts', async () => {
    const { source, advance } = await createRig()
    advance(30)
    for (const { counters } of source.hookCounters()) {
      expect(counters).toMatchObject({ malformedPackets: 0, notIpPackets: 0, overflowPackets: 0 })
    }
  })

  it('is the same for the same seed and another for another', async () => {
    const digest = async (seed: number) => {
      const { source, advance } = await createRig(seed)
      advance(40)
      return createHash('sha1').update(source.table.slots).digest('hex')
    }
    const [first, again, other] = [await digest(7), await digest(7), await digest(8)]
    expect(again).toBe(first)
    expect(other).not.toBe(first)
  })

  it('has interface counters that agree with the flows', async () => {
    const { source, advance } = await createRig()
    advance(20)
    for (const { ifindex, name, now } of source.interfaces()) {
      const counted = packetsOf(flowsOf(source).filter((flow) => flow.interface === name))
      const twice = source
        .hookCounters()
        .filter((one) => one.ifindex === ifindex)
        .reduce((sum, { counters }) => sum + counters.hairpinPackets, 0)
      expect(counted + twice).toBe(now.rxPackets + now.txPackets)
    }
  })
})

describe('the deny list', () => {
  it('drops: the other side never answers', async () => {
    const { source, advance } = await createRig()
    deny(source, SCANNER.v4)
    source.events.watch(true, 1_000_000)
    const events = Array.from({ length: 50 }, () => {
      advance(1)
      return eventsOf(source)
    }).flat()
    const scans = flowsOf(source).filter((flow) => flow.src === SCANNER.v4 && flow.dstPort !== 22)
    expect(scans.length).toBeGreaterThan(100)
    expect(
      scans.every(
        (flow) =>
          flow.verdict === 'DROP' &&
          flow.dstPackets === 0 &&
          flow.srcDroppedPackets === flow.srcPackets,
      ),
    ).toBe(true)
    expect(events.filter(({ verdict }) => verdict === 1).length).toBeGreaterThan(100)
  })

  it('ends a connection that is open', async () => {
    const { source, advance } = await createRig(SEED_OF_V4_BACKUP)
    advance(25)
    const busy = flowsOf(source).find((flow) => flow.dstPort === 22000)
    expect(busy).toMatchObject({ dst: BACKUP_SITE.v4, verdict: 'PASS' })
    deny(source, BACKUP_SITE.v4)
    advance(1)
    const before = flowsOf(source).find((flow) => flow.dstPort === 22000)
    advance(20)
    const after = flowsOf(source).find((flow) => flow.dstPort === 22000)
    expect(after?.verdict).toBe('DROP')
    expect((after?.srcPackets ?? 0) - (before?.srcPackets ?? 0)).toBeLessThan(5)
  })
})

describe('time', () => {
  it('does not catch up with hours of sleep', async () => {
    const { source, advance, sleep } = await createRig()
    advance(5)
    const before = packetsOf(flowsOf(source))
    sleep(3600)
    expect(packetsOf(flowsOf(source)) - before).toBeLessThan(20_000)
    expect(
      flowsOf(source).every(
        (flow) =>
          flow.lastSeen <= new Date(source.wallOffsetMs() + source.nowNs() / 1e6).toISOString(),
      ),
    ).toBe(true)
  })

  it('stops', async () => {
    const { source, isRunning } = await createRig()
    await source.stop()
    expect(isRunning()).toBe(false)
  })
})
