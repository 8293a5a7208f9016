/**
 * The live TCP connections of one run of an agent that have a socket here. A connection may be in several flows, one for
 * each interface that saw it, and each tells the same sockets' counts: per side the largest counts.
 */
import { RECORD_HEADER_BYTES } from '@netscope/core/flow-record.ts'
import { KEY, SLOT } from '@netscope/core/slot.ts'
import { connectionKey } from './connection-group.ts'
import type { ConnectionGroup } from './connection-group.ts'
import type { GroupTable } from './group-table.ts'
import { AMOUNT_OF_SIDE, readRttUs, readSideAmounts, SIDE_AMOUNTS } from './tcp-amounts.ts'

const TCP = 6
const RECORD_SLOT = RECORD_HEADER_BYTES

interface Connection {
  key: string
  group: ConnectionGroup
  /** Live flows of it. */
  flows: number
  /** Amounts of the sides that are counted by now. */
  counted: number[]
  rttUs: number
}

interface LiveFlow {
  connection: Connection
  firstNs: number
}

export interface ConnectionTable {
  /** Counts the record at `at`. What a flow from before `sinceMs` had counted before it came here is not counted. */
  take(view: DataView, at: number, wallOffsetMs: number, sinceMs: number, nowMs: number): void
  /** The flow in this slot is gone. */
  forget(slot: number, nowMs: number): void
}

export const createConnectionTable = (
  groups: GroupTable,
  /** The group has counted something: payload bytes among it. */
  onCount: (group: ConnectionGroup, bytes: number) => void,
): ConnectionTable => {
  const flows = new Map<number, LiveFlow>()
  const connections = new Map<string, Connection>()
  const amounts = new Float64Array(SIDE_AMOUNTS)

  const forget = (slot: number, nowMs: number): void => {
    const flow = flows.get(slot)
    if (!flow) return
    flows.delete(slot)
    const { connection } = flow
    if (--connection.flows > 0) return
    setRtt(connection, 0)
    connections.delete(connection.key)
    groups.leave(connection.group, nowMs)
  }

  const connectionAt = (view: DataView, at: number, isNew: boolean): Connection => {
    const key = connectionKey(view, at)
    const known = connections.get(key)
    if (known) return known
    const counted = isNew ? Array<number>(SIDE_AMOUNTS).fill(0) : [...amounts]
    const made = { key, group: groups.enter(view, at), flows: 0, counted, rttUs: 0 }
    connections.set(key, made)
    return made
  }

  const count = ({ counted, flows: number, group }: Connection): void => {
    if (number === 1 && isLess(amounts, counted)) counted.fill(0)
    let bytes = 0
    let any = false
    for (let side = 0; side < SIDE_AMOUNTS; side++) {
      const more = (amounts[side] ?? 0) - (counted[side] ?? 0)
      if (more <= 0) continue
      const amount = AMOUNT_OF_SIDE[side] ?? 0
      counted[side] = amounts[side] ?? 0
      group.pending[amount] = (group.pending[amount] ?? 0) + more
      if (amount < 2) bytes += more
      any = true
    }
    if (any) onCount(group, bytes)
  }

  return {
    take(view, at, wallOffsetMs, sinceMs, nowMs) {
      const slot = view.getUint32(at, true)
      const firstNs = firstNsOf(view, at)
      let flow = flows.get(slot)
      if (flow && flow.firstNs !== firstNs) {
        forget(slot, nowMs)
        flow = undefined
      }
      if (view.getUint8(at + RECORD_SLOT + SLOT.key + KEY.protocol) !== TCP) return
      if (!readSideAmounts(view, at, amounts) && !flow) return
      if (!flow) {
        const isNew = wallOffsetMs + firstNs / 1e6 >= sinceMs && hasSyn(view, at)
        flow = { connection: connectionAt(view, at, isNew), firstNs }
        flow.connection.flows++
        flows.set(slot, flow)
      }
      count(flow.connection)
      setRtt(flow.connection, readRttUs(view, at))
      const hasEnded = view.getUint32(at + 4, true) !== 0
      if (hasEnded) forget(slot, nowMs)
    },
    forget,
  }
}

/** A socket's counts never decrease: these are another socket's. */
const isLess = (amounts: Float64Array, counted: readonly number[]): boolean => {
  for (let side = 0; side < SIDE_AMOUNTS; side++)
    if ((amounts[side] ?? 0) < (counted[side] ?? 0)) return true
  return false
}

const setRtt = (connection: Connection, rttUs: number): void => {
  const { group, rttUs: before } = connection
  group.rttSumUs += rttUs - before
  group.rtts += (rttUs > 0 ? 1 : 0) - (before > 0 ? 1 : 0)
  connection.rttUs = rttUs
}

const u64 = (view: DataView, at: number): number =>
  view.getUint32(at, true) + view.getUint32(at + 4, true) * 4294967296

const firstNsOf = (view: DataView, at: number): number => {
  const from = at + RECORD_SLOT + SLOT.firstNs
  const lo = u64(view, from)
  const hi = u64(view, from + 8)
  return lo && hi ? Math.min(lo, hi) : lo || hi
}

/** Whether we saw the connection begin. */
const hasSyn = (view: DataView, at: number): boolean => {
  const from = at + RECORD_SLOT + SLOT.syn
  return view.getUint32(from, true) + view.getUint32(from + 4, true) > 0
}
