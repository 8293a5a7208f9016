/** What it costs the agent to sum up a flood, and what that looking costs ordinary flows: the tracker over a table in memory. */
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { KEY, SLOT, SLOT_BYTES, SLOT_LIVE } from '@netscope/core/slot.ts'
import { createFlowMemory } from '@netscope/agent/flows/flow-memory.ts'
import { createFlowTracker } from '@netscope/agent/flows/flow-tracker.ts'
import { IpWindow } from '@netscope/agent/flows/ip-window.ts'
import { Totals } from '@netscope/agent/flows/totals.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { defaultFlowSettings } from '../rig/flow-settings.ts'
import { interleave, median, pairedRatio } from '../rig/statistics.ts'
import { atMost, figure, type Row } from '../rig/table.ts'

const [UDP, TCP, SYN, SYN_ACK] = [17, 6, 2, 18]
const TICKS = 8

/** New flows of a second: of forged sources to one port, or of clients whose connections are completed. */
const writeFlow = (view: DataView, slot: number, number: number, isFlood: boolean): void => {
  const at = slot * SLOT_BYTES
  const key = at + SLOT.key
  view.setUint16(key + KEY.loAddr + 10, 0xffff)
  view.setUint32(key + KEY.loAddr + 12, 0x0a000001)
  view.setUint16(key + KEY.hiAddr + 10, 0xffff)
  view.setUint32(key + KEY.hiAddr + 12, 0x64400000 + number)
  view.setUint16(key + KEY.loPort, 443, true)
  view.setUint16(key + KEY.hiPort, 1024 + (number % 60_000), true)
  view.setUint32(key + KEY.ifindex, 2, true)
  view.setUint8(key + KEY.protocol, isFlood ? UDP : TCP)
  view.setUint8(at + SLOT.client, 1)
  view.setUint8(at + SLOT.path, 1)
  view.setUint8(at + SLOT.path + 1, 1)
  view.setUint32(at + SLOT.packets + 8, isFlood ? 1 : 3, true)
  view.setUint32(at + SLOT.bytes + 8, 120, true)
  if (!isFlood) {
    view.setUint32(at + SLOT.packets, 2, true)
    view.setUint32(at + SLOT.bytes, 100, true)
    view.setUint32(at + SLOT.syn + 4, 1, true)
    view.setUint32(at + SLOT.synAck, 1, true)
    view.setUint8(at + SLOT.tcpFlags + 1, SYN)
    view.setUint8(at + SLOT.tcpFlags, SYN_ACK)
  }
  view.setUint8(at + SLOT.state, SLOT_LIVE)
}

/** ns per new flow over some seconds and the end of all of them, and the records that came of it. */
const follow = async (perSecond: number, isFlood: boolean, condenseAbove: number) => {
  const capacity = perSecond * (TICKS + 4)
  const slots = new Uint8Array(capacity * SLOT_BYTES)
  const view = new DataView(slots.buffer)
  const free = Array.from({ length: capacity }, (_, slot) => capacity - 1 - slot)
  const table = {
    capacity,
    slots,
    owners: new Uint8Array(capacity * 16),
    handedOut: () => capacity,
    remove: () => undefined,
    recycle: (given: Uint32Array, count: number) => {
      for (let i = 0; i < count; i++) free.push(given[i]!)
    },
  }
  let bytes = 0
  const sink = (_: Uint8Array, count: number): boolean => {
    bytes += count * RECORD_BYTES
    return true
  }
  const totals = new Totals()
  const window = new IpWindow({ maxAddresses: 16_384 }, new Uint32Array(slots.buffer), capacity)
  const tracker = createFlowTracker(
    { ...defaultFlowSettings(), condenseAbove },
    {
      memory: createFlowMemory(table),
      table,
      totals,
      senders: window.senders,
      enrich: () => undefined,
      onActivity: (activity) => window.take(activity),
      onForget: (slot) => window.forget(slot),
      onRecords: sink,
      onEndedRecords: sink,
      grace: () => Promise.resolve(),
    },
  )
  let [ms, second] = [0, 0]
  for (; second < TICKS; second++) {
    for (let i = 0; i < perSecond; i++)
      writeFlow(view, free.pop()!, second * perSecond + i, isFlood)
    const start = performance.now()
    await tracker.tick((second + 1) * 1e9)
    ms += performance.now() - start
  }
  const start = performance.now()
  await tracker.flush((second + 1) * 1e9)
  ms += performance.now() - start
  return { ns: (ms * 1e6) / (perSecond * TICKS), records: bytes / RECORD_BYTES }
}

const measure = async (setting: Setting, isFlood: boolean): Promise<Row[]> => {
  const perSecond = setting.quick ? 2000 : 20_000
  const { condenseAbove } = defaultFlowSettings()
  const records = { with: 0, without: 0 }
  const run = (name: 'with' | 'without', limit: number) => async () => {
    const { ns, records: count } = await follow(perSecond, isFlood, limit)
    records[name] = count
    return ns
  }
  const samples = await interleave(setting.quick ? 2 : 15, {
    with: run('with', condenseAbove),
    without: run('without', 0),
  })
  const ratio = pairedRatio(samples.with, samples.without)
  return [
    {
      name: isFlood ? 'UDP of forged sources' : 'completed connections',
      cells: [
        figure(median(samples.with)),
        figure(median(samples.without)),
        figure(ratio),
        String(records.with),
        String(records.without),
      ],
      goal: atMost(ratio, 1.1, ''),
    },
  ]
}

export const floodBenchmark: Benchmark = {
  name: 'flood',
  description: 'ns per flow of the agent that sums up floods, beside one that does not',
  run: async (setting) => [
    {
      title: 'A flow from its first look to its last record, ns',
      columns: ['summing up', 'not', 'ratio', 'records', 'records without'],
      rows: [...(await measure(setting, true)), ...(await measure(setting, false))],
    },
  ],
}
