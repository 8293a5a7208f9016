/** The event table's memory: bounded, filtered, still while held, and nothing uncounted. */
import { describe, expect, it } from 'vitest'
import { createRing } from './event-ring.ts'
import { createEventStore } from './event-store.ts'
import type { PacketEvent } from './packet-event.ts'

const event = (seq: number, action: PacketEvent['action'] = 'PASS') =>
  ({ seq, action }) as PacketEvent

const store = (capacity = 5) => {
  const pending: (() => void)[] = []
  const events = createEventStore({ capacity, schedule: (notify) => pending.push(notify) })
  const settle = () => pending.splice(0).forEach((notify) => notify())
  const shown = () => Array.from({ length: events.rows().count }, (_, i) => events.rows().at(i).seq)
  return { events, settle, shown, pending }
}

it('a ring gives the newest first and forgets the oldest', () => {
  const ring = createRing<number>(3)
  for (const n of [1, 2, 3, 4, 5]) ring.push(n)
  expect(ring.toArray()).toEqual([5, 4, 3])
  expect(ring.at(3)).toBeUndefined()
  ring.clear()
  expect(ring.size()).toBe(0)
})

describe('the event store', () => {
  it('tells a burst of events once', () => {
    const { events, settle, shown, pending } = store()
    let told = 0
    events.subscribe(() => told++)
    for (let seq = 1; seq <= 4; seq++) events.push(event(seq))
    expect(pending).toHaveLength(1)
    settle()
    expect(told).toBe(1)
    expect(shown()).toEqual([4, 3, 2, 1])
  })

  it('stands still while held, counts what comes, and shows it afterwards', () => {
    const { events, settle, shown } = store(3)
    events.push(event(1))
    events.hold()
    for (let seq = 2; seq <= 5; seq++) events.push(event(seq))
    settle()
    expect(shown()).toEqual([1])
    expect(events.rows()).toMatchObject({ held: true, waiting: 4, kept: 3 })
    events.resume()
    expect(shown()).toEqual([5, 4, 3])
    expect(events.rows()).toMatchObject({ held: false, waiting: 0 })
  })

  it('keeps rare matches although common events push them out of the rest', () => {
    const { events, settle, shown } = store(3)
    events.filter((e) => e.action === 'DROP')
    events.push(event(1, 'DROP'))
    for (let seq = 2; seq <= 9; seq++) events.push(event(seq))
    settle()
    expect(shown()).toEqual([1])
    events.filter(() => true)
    expect(shown()).toEqual([9, 8, 7])
  })

  it('filters also what is held, and counts only matches as waiting', () => {
    const { events, settle, shown } = store()
    events.push(event(1))
    events.push(event(2, 'DROP'))
    events.hold()
    events.filter((e) => e.action === 'DROP')
    events.push(event(3))
    events.push(event(4, 'DROP'))
    settle()
    expect(shown()).toEqual([2])
    expect(events.rows().waiting).toBe(1)
  })

  it('adds up what the server lost until it is cleared', () => {
    const { events, settle } = store()
    events.addLost(3)
    events.addLost(4)
    settle()
    expect(events.rows().lost).toBe(7)
    events.clear()
    expect(events.rows()).toMatchObject({ lost: 0, count: 0, kept: 0 })
  })
})
