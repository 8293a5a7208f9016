/** The flows side as a whole: one tick brings flows, totals, coverage and a status that agree. */
import { createFakeProcesses } from '../enrich/fake-processes.ts'
import { HOOK_COUNTERS, type HookCounters } from '@netscope/core/slot.ts'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { describe, expect, it } from 'vitest'
import type { Interface, Source } from '../source.ts'
import { createFakeFlowTable } from './fake-flow-table.ts'
import { createFlowEngine } from './flow-engine.ts'
import { FLOWS_CONFIG } from './tracker-rig.ts'

const NONE = Object.fromEntries(HOOK_COUNTERS.map((name) => [name, 0])) as HookCounters

const createRig = (tableSize = 100) => {
  const table = createFakeFlowTable(tableSize)
  const before = { rxPackets: 10, rxBytes: 1000, txPackets: 0, txBytes: 0 }
  const veth: Interface = {
    ifindex: 2,
    name: 'veth0',
    kind: 'veth',
    attached: 'tcx',
    leaf: true,
    before,
    now: { ...before },
  }
  const down: Interface = {
    ifindex: 9,
    name: 'ib0',
    kind: 'other',
    reason: 'link type 32 is not read',
    leaf: false,
    before,
    now: before,
  }
  let nowNs = 5e9
  const source: Source = {
    name: 'mock',
    table,
    lists: { capacity: 10, add: () => undefined, remove: () => undefined },
    events: {
      watch: () => undefined,
      drain: () => 0,
      counts: () => ({ sent: 3, skipped: 2, lost: 1 }),
    },
    observations: {
      observe: () => undefined,
      drain: () => 0,
      counts: () => ({ sent: 7, skipped: 6, lost: 5 }),
    },
    capabilities: () => [
      { name: 'tcx', ok: true },
      { name: 'BTF', ok: false, reason: 'no BTF: drops have no reason' },
    ],
    interfaces: () => [veth, down],
    hookCounters: () => [
      { ifindex: 2, direction: 'INGRESS', counters: { ...NONE, notIpPackets: 1, notIpBytes: 42 } },
    ],
    overflow: table.overflow,
    nowNs: () => nowNs,
    wallOffsetMs: () => 0,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  }
  const records = { live: 0, bytes: 0 }
  const engine = createFlowEngine(
    { flows: { ...FLOWS_CONFIG, tableSize }, ipWindowMaxAddresses: 64, hopAddresses: 3 },
    {
      source,
      onRecords: (bytes, count) => {
        records.live += count
        records.bytes += bytes.length
        return true
      },
      processes: createFakeProcesses(),
      onObservation: () => undefined,
      pidOfInode: () => undefined,
      eventsWatched: () => false,
      lists: () => ({ allow: { entries: 1, capacity: 10 }, deny: { entries: 2, capacity: 10 } }),
      uplink: () => ({ droppedRecords: 4, queuedBytes: 5 }),
      programs: () => [],
      degraded: () => ['the server is away'],
    },
  )
  return {
    engine,
    records,
    table,
    receive(count: number) {
      for (let i = 0; i < count; i++) {
        table.packet({ src: '10.0.0.1', dst: '10.0.0.2', srcPort: 1000 + i, dstPort: 80 })
        veth.now.rxPackets++
        veth.now.rxBytes += 114
      }
    },
    async tick() {
      nowNs += 1e9
      await engine.tick()
    },
  }
}

describe('flow engine', () => {
  it('tells a status in which flows, totals and coverage agree', async () => {
    const rig = createRig()
    await rig.tick()
    rig.receive(40)
    await rig.tick()
    rig.engine.status(1000)
    rig.receive(2)
    for (let i = 0; i < 10; i++) await rig.tick()
    const status = rig.engine.status(2000)
    expect(status).toMatchObject({
      timeMs: 2000,
      totals: [{ protocol: 'TCP', direction: 'INGRESS', action: 'PASS', packets: 42, bytes: 4200 }],
      activeIps: 1,
      activeIpsAtLeast: false,
      activeFlows: 40,
      topIps: [{ ip: '10.0.0.1', uniqueDstPorts: 1 }],
      flowTable: { used: 40, capacity: 100, overflowPackets: 0, overflowBytes: 0 },
      events: { watched: false, sent: 3, skipped: 2, lost: 1 },
      degraded: ['no BTF: drops have no reason', 'the server is away'],
    })
    expect(status.agent).toMatchObject({ uplinkDroppedRecords: 4, uplinkQueuedBytes: 5 })
    expect(status.agent.rssBytes).toBeGreaterThan(1e6)
    expect(status.packetsPerSecond).toBeCloseTo(42 / 12)
    const [veth, down] = status.interfaces
    expect(veth).toMatchObject({
      name: 'veth0',
      attached: 'tcx',
      rxBytesPerSecond: 2 * 114,
      txBytesPerSecond: 0,
    })
    expect(veth!.coverage!.missing).toEqual([{ cause: 'not IP', packets: 1, bytes: 42 }])
    expect(down).toMatchObject({ name: 'ib0', reason: 'link type 32 is not read' })
    expect(down).not.toHaveProperty('coverage')
    expect(status.coverage.missing).toEqual(veth!.coverage!.missing)
    expect(rig.records.bytes).toBe(rig.records.live * RECORD_BYTES)
  })

  it('says so when the table is full', async () => {
    const rig = createRig(64)
    rig.receive(70)
    await rig.tick()
    const status = rig.engine.status(1000)
    expect(status.flowTable).toMatchObject({ used: 64, overflowPackets: 6 })
    expect(status.degraded.join()).toContain('flow table is full')
    expect(status.degraded.join()).toContain('flows.tableSize')
  })

  it('has no flow left after a flush', async () => {
    const rig = createRig()
    rig.receive(5)
    await rig.tick()
    expect(await rig.engine.flush()).toBe(0)
    expect(rig.engine.status(1).activeFlows).toBe(0)
    expect(rig.table.held().packets).toBe(0)
  })
})
