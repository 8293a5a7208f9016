/**
 * Follows the kernel's flow entries: once a second it counts what is new, reports flows to the uplink
 * and ends those that are idle or closed. It works in slices, so that a large table holds up nobody.
 */
import { ENDS } from '@netscope/core/flow-record.ts'
import type { FlowsSection } from '@netscope/core/config/flows.ts'
import type { FlowTable, Traffic } from '../source.ts'
import { Activity, STRETCH } from './activity.ts'
import { FloodCondenser } from './flood-condenser.ts'
import { FlowAccounts } from './flow-accounts.ts'
import { type FlowMemory, END, LIVE, META, STATE, TAKEN } from './flow-memory.ts'
import { FlowRemoval } from './flow-removal.ts'
import { FlowLife } from './flow-life.ts'
import { FlowReports } from './flow-reports.ts'
import { createFlowScan } from './flow-scan.ts'
import { PublishPolicy } from './publish-policy.ts'
import { RecordBatch, type RecordSink } from './record-batch.ts'
import type { Senders } from './source-counters.ts'
import type { Totals } from './totals.ts'

/** The event loop is never held longer than about this. */
const SLICE_MS = 6
const FORCED = ENDS.indexOf('forced')

export interface FlowTrackerDeps {
  table: FlowTable
  /** Of the same table. */
  memory: FlowMemory
  totals: Totals
  senders: Senders
  /** Takes what a stretch of slots did, once it is counted. */
  onActivity(activity: Activity): void
  /** The slot is about to be reported: brings its enrichment up to date. */
  enrich(slot: number): void
  /** The slot gets another flow: forget what is kept of it. */
  onForget(slot: number): void
  /** Takes records of live flows. */
  onRecords: RecordSink
  /** Takes last records; those that are refused are kept and offered again, and their slots with them. */
  onEndedRecords: RecordSink
  /** Packets without an entry, as a source tells them; none where it is left out. */
  overflow?(): readonly Traffic[]
  /** Waits until no program can still hold a removed entry; at once where counting is not concurrent. */
  grace(): Promise<void>
  /** Lets the event loop run. */
  pause?(): Promise<void>
  /** Milliseconds of any steady clock. */
  clock?(): number
}

export interface FlowTracker {
  /** Counts, reports and ends; `nowNs` is the source's clock. Runs one after the other. */
  tick(nowNs: number): Promise<void>
  /** Ends all flows; returns how many of their last records the uplink has not accepted yet. */
  flush(nowNs: number): Promise<number>
  /** The listener knows no flow: all live ones are reported in the next ticks. */
  republish(): void
  stats(): FlowTrackerStats
}

export interface FlowTrackerStats {
  activeFlows: number
  /** Entries that are not free. */
  used: number
  capacity: number
  orphans: number
  /** Seconds of silence that end a flow because the table is nearly full; Infinity otherwise. */
  pressureSeconds: number
  /** Whether the uplink refused records in the last tick. */
  blocked: boolean
}

export const createFlowTracker = (config: FlowsSection, deps: FlowTrackerDeps): FlowTracker => {
  const { table } = deps
  const { pause = nextTurn, clock = () => performance.now() } = deps
  const { memory } = deps
  const activity = new Activity()
  const ended = new RecordBatch(memory, deps.onEndedRecords)
  const accounts = new FlowAccounts(memory, deps.totals, activity)
  const reports = new FlowReports(
    memory,
    new RecordBatch(memory, deps.onRecords),
    activity,
    deps.enrich,
  )
  const removal = new FlowRemoval(table, memory)
  const { totals, senders } = deps
  const condenser = new FloodCondenser(config.condenseAbove, memory, deps.onEndedRecords)
  const life = new FlowLife(config, { memory, totals, reports, removal, condenser })
  const policy = new PublishPolicy(config.liveUpdatesPerSecond)
  const scan = createFlowScan({
    memory,
    totals,
    senders,
    activity,
    accounts,
    life,
    policy,
    reports,
  })
  let ticks = 0
  let startNs = -1
  let lastNs = 0
  let sliceStart = 0
  let endedBlocked = false
  let turn: Promise<unknown> = Promise.resolve()

  const breathe = async () => {
    if (clock() - sliceStart < SLICE_MS) return
    await pause()
    sliceStart = clock()
  }

  const begin = (nowNs: number) => {
    if (startNs < 0) {
      startNs = nowNs
      lastNs = nowNs - 1e9
    }
    reports.interval = nowNs > lastNs ? (nowNs - lastNs) / 1e9 : 1
    lastNs = Math.max(lastNs, nowNs)
    life.before = life.now
    life.now = 1 + Math.floor((lastNs - startNs) / 1e9)
    ticks++
    reports.blocked = false
    endedBlocked = false
    sliceStart = clock()
  }

  const handOn = () => {
    if (activity.count + activity.handshakes > 0) deps.onActivity(activity)
    activity.clear()
  }

  /** Last records of flows whose key is gone since an earlier tick; a refused one stays. */
  const harvest = async () => {
    let ready = removal.waiting
    while (ready > 0) {
      const count = Math.min(ready, STRETCH)
      for (let i = 0; i < count; i++) settle(removal.at(i))
      handOn()
      endedBlocked = !ended.send()
      if (endedBlocked) break
      for (let i = 0; i < count; i++) forget(removal.at(i))
      removal.release(count)
      ready -= count
      await breathe()
    }
    // Before a flow that gets one of their slots is reported: a summary bears the slot of the last flow in it.
    if (!condenser.send()) endedBlocked = true
    removal.recycleAll()
  }

  const settle = (slot: number) => {
    accounts.settle(slot)
    activity.addHandshake(slot)
    if (isTaken(slot)) {
      if (condenser.canAdd(slot)) return
      memory.state[slot * STATE + META]! &= ~TAKEN
    }
    deps.enrich(slot)
    ended.add(slot, memory.state[slot * STATE + END]!, 0, 0)
  }

  const isTaken = (slot: number): boolean => (memory.state[slot * STATE + META]! & TAKEN) !== 0

  const forget = (slot: number) => {
    if (isTaken(slot)) condenser.add(slot)
    accounts.forget(slot)
    deps.onForget(slot)
  }

  const scanAll = async () => {
    const end = Math.min(table.handedOut(), table.capacity)
    for (let from = 0; from < end; from += STRETCH) {
      scan(from, Math.min(from + STRETCH, end), ticks)
      handOn()
      removal.removeKeys()
      await breathe()
    }
    reports.send()
    removal.recycleAll()
  }

  const tick = async (nowNs: number) => {
    begin(nowNs)
    // Left by a tick that failed: no slot goes back before its key has gone.
    if (removal.removeKeys()) await deps.grace()
    condenser.begin(reports.interval, deps.overflow?.() ?? [])
    await harvest()
    policy.begin()
    life.quiet = config.liveUpdatesPerSecond
    if (reports.republishing) life.quiet = table.capacity
    life.begin(life.live + removal.waiting)
    await scanAll()
    if (!reports.blocked) reports.republishing = false
  }

  const flush = async (nowNs: number) => {
    // The tick before may have removed keys this very moment; ours gives back what it removed.
    if (removal.waiting > 0) await deps.grace()
    await tick(nowNs)
    for (let slot = 0; slot < table.capacity; slot++) {
      if ((memory.state[slot * STATE + META]! & LIVE) !== 0) life.end(slot, FORCED)
      if (slot % STRETCH === 0) await breathe()
    }
    removal.removeKeys()
    await deps.grace()
    await harvest()
    return removal.waiting + condenser.waiting
  }

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  return {
    tick: (nowNs) => inTurn(() => tick(nowNs)),
    flush: (nowNs) => inTurn(() => flush(nowNs)),
    republish: () => reports.republish(),
    stats: () => ({
      activeFlows: life.live,
      used: life.live + removal.waiting,
      capacity: table.capacity,
      orphans: life.orphans,
      pressureSeconds: life.pressure.cutSeconds,
      blocked: reports.blocked || endedBlocked,
    }),
  }
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))
