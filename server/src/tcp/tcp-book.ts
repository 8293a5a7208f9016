/**
 * The TCP series of one run of an agent. The host's totals are the truth: whatever they grow by goes to the series whose
 * flows have counted it, and what no series has counted goes to `other`. So the sum over the series is the total at
 * every moment, nothing decreases, and flows that are reported before or after the totals only change who gets it when.
 */
import type { TcpTotals } from '@netscope/core/status.ts'
import type { ConnectionGroup } from './connection-group.ts'
import { createConnectionTable } from './connection-table.ts'
import type { ConnectionTable } from './connection-table.ts'
import { createGroupTable } from './group-table.ts'
import { createSeriesChoice } from './series-choice.ts'
import { AMOUNTS, noAmounts, totalsOf } from './tcp-amounts.ts'
import type { Amounts } from './tcp-amounts.ts'

/** Bytes of that long ago weigh half. */
const HALF_LIFE_MS = 600_000
/** Growing the weight of what is new equals fading all that is old; scaled back before numbers get too large. */
const MAX_SCALE = 1e100

export interface TcpBookConfig {
  /** Series per metric at most, `other` included. */
  seriesBudget: number
  /** Connections of a client to the same service share a series. */
  foldClientPorts: boolean
}

export interface TcpBook extends Pick<ConnectionTable, 'forget'> {
  /** What the host has counted, as of the last status; undefined before. */
  readonly totals: TcpTotals | undefined
  readonly labelled: ReadonlySet<ConnectionGroup>
  readonly other: Readonly<Amounts>
  /** Counts a flow record. */
  take(view: DataView, at: number, wallOffsetMs: number, nowMs: number): void
  /** The host's totals at `timeMs` (since 1970, the agent's clock). */
  settle(totals: TcpTotals, timeMs: number, nowMs: number): void
}

/** `nowMs` is of a clock that never steps back. */
export const createTcpBook = ({ seriesBudget, foldClientPorts }: TcpBookConfig): TcpBook => {
  const places = seriesBudget - 1
  const groups = createGroupTable(foldClientPorts, seriesBudget)
  const other = noAmounts()
  /** Totals that the series add up to. */
  const settled = noAmounts()
  /** Groups that have counted something since the last settlement, or could not show all of it. */
  const active = new Set<ConnectionGroup>()
  let totals: TcpTotals | undefined
  let sinceMs = Infinity
  let settledAtMs = 0
  let scale = 1

  const connections = createConnectionTable(groups, (group, bytes) => {
    group.weight += bytes * scale
    active.add(group)
  })

  const endSeries = (group: ConnectionGroup): void => {
    for (let i = 0; i < AMOUNTS.length; i++) other[i] = (other[i] ?? 0) + (group.shown[i] ?? 0)
    group.shown.fill(0)
    group.pending.fill(0)
    active.delete(group)
  }
  const choice = createSeriesChoice(places, endSeries)

  const onExpire = (group: ConnectionGroup): void => {
    choice.remove(group)
    endSeries(group)
  }

  const fade = (nowMs: number): void => {
    scale *= 2 ** ((nowMs - settledAtMs) / HALF_LIFE_MS)
    settledAtMs = nowMs
    if (scale < MAX_SCALE) return
    for (const group of groups.all) group.weight /= scale
    scale = 1
  }

  /** What the totals have grown by. */
  const growth = (next: TcpTotals): Amounts =>
    totalsOf(next).map((total, i) => {
      const more = Math.max(0, (total ?? 0) - (settled[i] ?? 0))
      settled[i] = (settled[i] ?? 0) + more
      return more
    })

  const pay = (group: ConnectionGroup, room: Amounts): void => {
    let owed = 0
    for (let i = 0; i < AMOUNTS.length; i++) {
      const paid = Math.min(group.pending[i] ?? 0, room[i] ?? 0)
      group.shown[i] = (group.shown[i] ?? 0) + paid
      group.pending[i] = (group.pending[i] ?? 0) - paid
      room[i] = (room[i] ?? 0) - paid
      owed += group.pending[i] ?? 0
    }
    if (owed === 0) active.delete(group)
  }

  return {
    get totals() {
      return totals
    },
    labelled: choice.labelled,
    other,
    forget: connections.forget,
    take: (view, at, wallOffsetMs, nowMs) =>
      connections.take(view, at, wallOffsetMs, sinceMs, nowMs),
    settle(next, timeMs, nowMs) {
      if (totals === undefined) {
        sinceMs = timeMs
        settledAtMs = nowMs
      }
      fade(nowMs)
      totals = next
      groups.expire(nowMs, onExpire)
      choice.choose(active)
      const room = growth(next)
      for (const group of active) {
        if (group.labelled) pay(group, room)
        else {
          group.pending.fill(0)
          active.delete(group)
        }
      }
      for (let i = 0; i < AMOUNTS.length; i++) other[i] = (other[i] ?? 0) + (room[i] ?? 0)
    },
  }
}
