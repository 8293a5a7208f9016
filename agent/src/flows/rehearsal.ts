/**
 * Runs the flows side over a small made-up table until the compiler has seen every path of it, so that
 * the first second of a flood is not spent on compiling. Costs about 0.2 s of CPU once, at start.
 */
import type { FlowsSection } from '@netscope/core/config/flows.ts'
import { KEY, SLOT, SLOT_BYTES, SLOT_LIVE } from '@netscope/core/slot.ts'
import type { FlowTable } from '../source.ts'
import { createFlowTracker } from './flow-tracker.ts'
import { IpWindow } from './ip-window.ts'
import { BYTES, PACKETS, WORDS } from './slot-words.ts'
import { Totals } from './totals.ts'

const FLOWS = 2048
const TICKS = 60
/** Addresses beyond the window's, so that some get no entry. */
const SOURCES = 512
const CONFIG: FlowsSection = {
  tableSize: FLOWS,
  tcpIdleSeconds: 300,
  udpIdleSeconds: 3,
  icmpIdleSeconds: 3,
  otherIdleSeconds: 3,
  closedLingerSeconds: 3,
  liveUpdatesPerSecond: 200,
  recentEnded: 0,
}

/** Leaves nothing behind but compiled code. */
export const rehearseFlows = async (): Promise<void> => {
  const { table, send } = createMadeUpTable()
  const totals = new Totals()
  const slots = new Uint32Array(table.slots.buffer)
  const ipWindow = new IpWindow({ maxAddresses: SOURCES - 100 }, slots, FLOWS)
  const tracker = createFlowTracker(CONFIG, {
    table,
    totals,
    senders: ipWindow.senders,
    onActivity: (activity) => ipWindow.take(activity),
    onForget: (slot) => ipWindow.forget(slot),
    onRecords: () => true,
    onEndedRecords: () => true,
    grace: () => Promise.resolve(),
  })
  for (let second = 1; second <= TICKS; second++) {
    send(second)
    ipWindow.advance(second)
    await tracker.tick(second * 1e9)
    totals.fold(1, [])
    ipWindow.top(10)
  }
}

/** Flows of which each is silent now and then, long enough for some to end. */
const createMadeUpTable = () => {
  const bytes = new Uint8Array(FLOWS * SLOT_BYTES)
  const view = new DataView(bytes.buffer)
  const words = new Uint32Array(bytes.buffer)
  const begin = (slot: number, second: number) => {
    const at = slot * SLOT_BYTES
    const key = at + SLOT.key
    view.setUint32(key + KEY.loAddr + 8, 0xffff)
    view.setUint32(key + KEY.loAddr + 12, (slot + second) % SOURCES)
    view.setUint32(key + KEY.hiAddr + 8, 0xffff)
    view.setUint32(key + KEY.hiAddr + 12, SOURCES + (slot % 8))
    view.setUint16(key + KEY.loPort, slot, true)
    view.setUint16(key + KEY.hiPort, slot % 16, true)
    view.setUint32(key + KEY.ifindex, 1 + (slot % 2), true)
    bytes[key + KEY.protocol] = slot % 4 === 0 ? 6 : 17
    bytes[at + SLOT.tcpFlags] = 2
    bytes[at + SLOT.path] = 1
    bytes[at + SLOT.path + 1] = 3
    bytes[at + SLOT.state] = SLOT_LIVE
  }
  const send = (second: number) => {
    for (let slot = 0; slot < FLOWS; slot++) {
      if ((second + slot) % 16 > 10) continue
      if (bytes[slot * SLOT_BYTES + SLOT.state] !== SLOT_LIVE) begin(slot, second)
      words[slot * WORDS + PACKETS]! += 1 + (slot % 3)
      words[slot * WORDS + BYTES]! += 60 * (slot % 61)
      if (slot % 3 === 0) continue
      words[slot * WORDS + PACKETS + 2]! += 1
      words[slot * WORDS + BYTES + 2]! += 1500
    }
  }
  const table: FlowTable = {
    capacity: FLOWS,
    slots: bytes,
    handedOut: () => FLOWS,
    remove: () => undefined,
    recycle: () => undefined,
  }
  return { table, send }
}
