/** The TCP series of all agents. */
import type { TcpTotals } from '@netscope/core/status.ts'
import { createTcpBook } from './tcp-book.ts'
import type { TcpBook, TcpBookConfig } from './tcp-book.ts'

export interface TcpBooks {
  readonly all: ReadonlyMap<string, TcpBook>
  /** The agent is there; a new run of it counts from 0. */
  connected(agent: string, startedAtMs: number): void
  /** Counts the flow record at `at`. */
  take(agent: string, view: DataView, at: number, wallOffsetMs: number): void
  /** A live flow was given up without a last record. */
  forget(agent: string, slot: number): void
  settle(agent: string, totals: TcpTotals, timeMs: number): void
}

/** `now` is in milliseconds of a clock that never steps back. */
export const createTcpBooks = (config: TcpBookConfig, { now }: { now(): number }): TcpBooks => {
  const all = new Map<string, TcpBook>()
  const runs = new Map<string, number>()

  return {
    all,
    connected(agent, startedAtMs) {
      if (runs.get(agent) === startedAtMs) return
      runs.set(agent, startedAtMs)
      all.set(agent, createTcpBook(config))
    },
    take: (agent, view, at, wallOffsetMs) => all.get(agent)?.take(view, at, wallOffsetMs, now()),
    forget: (agent, slot) => all.get(agent)?.forget(slot, now()),
    settle: (agent, totals, timeMs) => all.get(agent)?.settle(totals, timeMs, now()),
  }
}
