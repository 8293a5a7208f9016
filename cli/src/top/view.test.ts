/** The screen of `netscope top`. */
import { expect, test } from 'vitest'
import { fakeFlow } from '../client/fake-flow.ts'
import { plain } from '../output/paint.ts'
import { displayWidth } from '../output/printable.ts'
import { afterKey, screenLines, type View } from './view.ts'

const VIEW: View = { by: 'process', order: 'rate' }
const flows = Array.from({ length: 30 }, (_, i) =>
  fakeFlow({ id: `f${i}`, srcProcess: `p${i}`, srcPid: i + 1, srcBytesPerSecond: 100 - i }),
)
const snapshot = { total: 30, flows, nowMs: Date.UTC(2026, 6, 31), problem: '' }
const lines = (columns: number, rows: number, changes = {}, looked = 30) =>
  screenLines(VIEW, { ...snapshot, ...changes }, looked, { columns, rows }, plain)

test('keys choose what is summed and the order, q and Ctrl-C leave', () => {
  expect(afterKey(VIEW, 'e')).toEqual({ by: 'peer', order: 'rate' })
  const others = ['p', 'o', 'i', 'c', 'n'].map((key) => afterKey(VIEW, key)?.by)
  expect(others).toEqual(['process', 'port', 'interface', 'container', 'name'])
  const orders: string[] = []
  for (let view = VIEW; orders.length < 5; view = afterKey(view, 's')!) orders.push(view.order)
  expect(orders).toEqual(['rate', 'packets', 'flows', 'retransmits', 'rtt'])
  expect(afterKey({ by: 'peer', order: 'rtt' }, 's')?.order).toBe('rate')
  expect(['q', '\u0003', 'x', 'constructor'].map((key) => afterKey(VIEW, key))).toEqual([
    undefined,
    undefined,
    VIEW,
    VIEW,
  ])
})

test('it fills the terminal: what it is, titles, the first groups, the keys', () => {
  const shown = lines(130, 10)
  expect(shown).toHaveLength(10)
  expect(shown[0]).toMatch(/^netscope top {2}\d\d:\d\d:\d\d {2}30 flows, 2\.56 kB\/s$/)
  expect(shown[1]).toMatch(/^PROCESS +RATE IN +RATE OUT/)
  expect(shown[2]).toMatch(/^p0\[1\] +0 B\/s +100 B\/s/)
  expect(shown[8]).toMatch(/^p6\[7\]/)
  expect(shown[9]).toContain('by process, most rate first   p process')
})

test.each([
  [20, 3],
  [40, 5],
  [200, 60],
  [1, 1],
])('at %i × %i no line is too long and none too many', (columns, rows) => {
  const shown = lines(columns, rows)
  expect(shown).toHaveLength(rows)
  expect(Math.max(...shown.map(displayWidth))).toBeLessThanOrEqual(columns)
})

test('it says when it saw a part of the flows, and when it does not go on', () => {
  expect(lines(130, 5, { total: 5000 })[0]).toContain('the fastest 30 of 5000 flows')
  expect(lines(130, 5, { problem: 'lost the server' })[0]).toContain('lost the server')
})
