/** Server-Sent Events in pieces. */
import { expect, test } from 'vitest'
import { createEventReader } from './event-lines.ts'

const STREAM = 'retry: 2000\n\n:\n\nevent: flows\ndata: {"a":1}\n\ndata:b\r\ndata: c\r\n\r\n'

test.each([1, 2, 3, 7, 1000])('are the same in pieces of %i characters', (size) => {
  const read = createEventReader()
  const events: string[] = []
  for (let at = 0; at < STREAM.length; at += size) events.push(...read(STREAM.slice(at, at + size)))
  expect(events).toEqual(['{"a":1}', 'b\nc'])
})

test('are not held without end', () => {
  const read = createEventReader(100)
  expect(read('data: ' + 'x'.repeat(50))).toEqual([])
  expect(() => read('x'.repeat(60))).toThrow('more than 100 characters')
  const lines = createEventReader(100)
  expect(() => lines('data: 0123456789\n'.repeat(10))).toThrow('more than 100 characters')
})
