/** Log lines on a terminal. */
import { expect, test } from 'vitest'
import { readableLine } from './log-line.ts'

const time = '2026-11-21T12:34:56.000Z'
const clock = new Date(time).toTimeString().slice(0, 8)

test('shows time, component, message and fields', () => {
  const line = JSON.stringify({
    level: 30,
    time,
    component: 'agent',
    deny: 2,
    socket: '/run/x',
    msg: 'counting',
  })
  expect(readableLine('agent', line)).toBe(`${clock} agent: counting (deny=2, socket=/run/x)`)
})

test('names the level from warning on, and the remedy last', () => {
  const line = JSON.stringify({
    level: 60,
    time: Date.parse(time),
    code: 'x.y',
    remedy: 'Do this.',
    msg: 'No.',
  })
  expect(readableLine('server', line)).toBe(`${clock} server: FATAL No. (code=x.y) → Do this.`)
})

test('shows the stack of an unexpected error', () => {
  const line = JSON.stringify({
    level: 50,
    time,
    err: { message: 'm', stack: 'Error: m\n    at f' },
    msg: 'failed',
  })
  expect(readableLine('server', line)).toBe(`${clock} server: ERROR failed \nError: m\n    at f`)
})

test.each(['plain words', '{ half', '{"no":"message"}', '', '[1]'])(
  'leaves %j as it is',
  (line) => {
    expect(readableLine('agent', line)).toBe(line)
  },
)
