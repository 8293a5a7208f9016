/** Ids of owners, kept by row of the socket table while rows change hands. */
import { describe, expect, it } from 'vitest'
import type { Resolution } from '../enrich/processes.ts'
import { createFakeSocketTable } from './fake-socket-table.ts'
import { capturedOwner } from './captured-owner.ts'
import { createProcessIds } from './process-ids.ts'
import { createSocketTracker } from './socket-tracker.ts'

const LINGER_TICKS = 15

/** Ids are 1000 + pid; `answers` says what is not plainly so. */
const createRig = () => {
  const table = createFakeSocketTable(4)
  const tracker = createSocketTracker(table)
  const answers = new Map<number, Partial<Resolution> | undefined>()
  const asked: number[] = []
  const ids = createProcessIds(
    tracker,
    { process: ({ pid }) => 1000 + pid },
    (row): Resolution | undefined => {
      const { pid = 0 } = capturedOwner(tracker.words, row) ?? {}
      asked.push(pid)
      if (answers.has(pid) && answers.get(pid) === undefined) return undefined
      return { process: { pid, uid: 0, command: '' }, later: false, ...answers.get(pid) }
    },
  )
  const tick = () => {
    tracker.tick()
    ids.tick()
  }
  return { table, tracker, ids, answers, asked, tick }
}

describe('ids of processes', () => {
  it('are known from the tick that takes the socket in, and asked for once', () => {
    const { table, ids, asked, tick } = createRig()
    const row = table.open({ pid: 7 })
    expect(ids.of(row)).toBe(0)
    tick()
    tick()
    expect(ids.of(row)).toBe(1007)
    expect(asked).toEqual([7])
  })

  it('are asked for again where there was more to be known', () => {
    const { table, ids, answers, asked, tick } = createRig()
    answers.set(7, { later: true })
    const row = table.open({ pid: 7 })
    tick()
    tick()
    answers.delete(7)
    tick()
    tick()
    expect(asked).toEqual([7, 7, 7])
    expect(ids.of(row)).toBe(1007)
  })

  it('are 0 where nothing is known', () => {
    const { table, ids, answers, tick } = createRig()
    answers.set(7, undefined)
    const row = table.open({ pid: 7 })
    tick()
    expect(ids.of(row)).toBe(0)
  })

  it('are not those of the socket that had the row before', () => {
    const { table, tracker, ids, tick } = createRig()
    const row = table.open({ pid: 7 })
    tick()
    table.close(row)
    for (let i = 0; i < LINGER_TICKS; i++) tracker.tick()
    expect(ids.of(row)).toBe(0)
    expect(table.open({ pid: 8 })).toBe(row)
    expect(ids.of(row)).toBe(0)
    tick()
    expect(ids.of(row)).toBe(1008)
  })

  it('follow a socket that another process uses now', () => {
    const { table, ids, tick } = createRig()
    const row = table.open({ pid: 7, protocol: 17 })
    tick()
    table.change(row, { pid: 9 })
    expect(ids.of(row)).toBe(1007)
    tick()
    expect(ids.of(row)).toBe(1009)
  })

  it('stay what tracing has set, also when it was told first', () => {
    const { table, tracker, ids, answers, tick } = createRig()
    answers.set(7, { later: true })
    const row = table.open({ pid: 7 })
    tracker.tick()
    ids.set(row, { pid: 50, uid: 0, command: 'worker' })
    ids.tick()
    tick()
    expect(ids.of(row)).toBe(1050)
  })

  it('are named as used', () => {
    const { table, ids, tick } = createRig()
    table.open({ pid: 7 })
    table.open({ pid: 8 })
    tick()
    const used: number[] = []
    ids.markUsed((id) => used.push(id))
    expect(used).toEqual([1007, 1008])
  })
})
