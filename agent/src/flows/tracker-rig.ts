/** A tracker over a fake kernel, with a listener that keeps what is reported: for tests. */
import type { FlowsSection } from '@netscope/core/config/flows.ts'
import { FlowReader, RECORD_BYTES, SUMMARY } from '@netscope/core/flow-record.ts'
import { decodeFlow, type Flow } from '@netscope/core/flow.ts'
import { SLOT, SLOT_BYTES } from '@netscope/core/slot.ts'
import { createFakeFlowTable } from './fake-flow-table.ts'
import { createFlowMemory } from './flow-memory.ts'
import { createFlowTracker } from './flow-tracker.ts'
import { IpWindow } from './ip-window.ts'
import { Totals } from './totals.ts'

export const FLOWS_CONFIG: FlowsSection = {
  tableSize: 1000,
  tcpIdleSeconds: 300,
  udpIdleSeconds: 60,
  icmpIdleSeconds: 30,
  otherIdleSeconds: 60,
  closedLingerSeconds: 5,
  liveUpdatesPerSecond: 5000,
  condenseAbove: 0,
  recentEnded: 0,
}

export interface Reported {
  slot: number
  flow: Flow
  /** Of a summary. */
  overflow: number
  second: number
}

export const createTrackerRig = (changes: Partial<FlowsSection> = {}, maxAddresses = 256) => {
  const config = { ...FLOWS_CONFIG, ...changes }
  const table = createFakeFlowTable(config.tableSize)
  const totals = new Totals()
  const ipWindow = new IpWindow(
    { maxAddresses, seed: 1 },
    new Uint32Array(table.slots.buffer),
    table.capacity,
  )
  const reports: Reported[] = []
  let second = 0
  const rig = {
    table,
    totals,
    ipWindow,
    reports,
    /** Whether the listener takes live records, and last ones. */
    accepts: { live: true, ended: true },
    async tick(seconds = 1) {
      for (let i = 0; i < seconds; i++) {
        second++
        ipWindow.advance(second)
        await tracker.tick(second * 1e9)
        totals.fold(1, table.overflow())
      }
    },
    async flush() {
      const left = await tracker.flush(second * 1e9)
      totals.fold(1, table.overflow())
      return left
    },
    live: () => reports.filter(({ flow }) => flow.end === ''),
    ended: () => reports.filter(({ flow }) => flow.end !== ''),
    clear: () => reports.splice(0),
    tracker: undefined as unknown as ReturnType<typeof createFlowTracker>,
  }
  const keep = (records: Uint8Array, count: number) => {
    const reader = new FlowReader(records, {
      agent: 'a',
      wallOffsetMs: 0,
      interfaceName: (ifindex) => `if${ifindex}`,
      text: () => '',
      process: () => undefined,
    })
    for (let i = 0; i < count; i++) {
      reader.seek(i * RECORD_BYTES)
      reports.push({
        slot: reader.view.getUint32(reader.at, true),
        flow: decodeFlow(reader),
        overflow: reader.view.getUint32(reader.slot + SUMMARY.overflow, true),
        second,
      })
    }
  }
  const sink = (kind: 'live' | 'ended') => (records: Uint8Array, count: number) => {
    if (!rig.accepts[kind]) return false
    keep(records, count)
    return true
  }
  const tracker = createFlowTracker(config, {
    table,
    memory: createFlowMemory(table),
    totals,
    enrich: () => undefined,
    senders: ipWindow.senders,
    onActivity: (activity) => ipWindow.take(activity),
    onForget: (slot) => ipWindow.forget(slot),
    onRecords: sink('live'),
    onEndedRecords: sink('ended'),
    overflow: () => table.overflow(),
    grace: () => Promise.resolve(),
  })
  rig.tracker = tracker
  return rig
}

/** What live slots hold in the rig's table, by the counters alone. */
export const packetsOf = (slots: Uint8Array, slot: number): number => {
  const view = new DataView(slots.buffer, slots.byteOffset + slot * SLOT_BYTES)
  return Number(view.getBigUint64(SLOT.packets, true) + view.getBigUint64(SLOT.packets + 8, true))
}
