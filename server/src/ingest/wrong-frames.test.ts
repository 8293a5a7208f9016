/** Tests of what an agent must not send: its connection is closed, with a reason. */
import { encodeFrame, encodeJsonFrame } from '@netscope/core/frame.ts'
import { FRAME } from '@netscope/core/wire.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { FAKE_DIAGNOSIS } from '../fakes/fake-diagnosis.ts'
import { batch, flowRecord } from '../fakes/flow-record.ts'
import { fakeStatus } from '../fakes/fake-status.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer
beforeAll(async () => {
  running = await startServer()
})
beforeEach(() => void running.logged.splice(0))
afterAll(() => running.stop())

const hello = (given: object = {}) =>
  encodeJsonFrame(FRAME.hello, 0, { ...running.agent().hello, ...given })
const frame = (type: number, payload: Uint8Array) =>
  Buffer.concat([hello(), encodeFrame(type, 1, payload)])
const status = (given: object) =>
  frame(FRAME.status, Buffer.from(JSON.stringify({ ...fakeStatus(), ...given })))

const dictionary = (value: object) => frame(FRAME.dictionary, Buffer.from(JSON.stringify(value)))

test.each<[string, () => Uint8Array]>([
  ['bytes that are no frames', () => Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['no hello', () => encodeFrame(FRAME.flows, 1, batch([flowRecord()]))],
  ['a hello that is not JSON', () => encodeFrame(FRAME.hello, 0, Buffer.from('{'))],
  ['a hello of another protocol', () => hello({ protocol: 99 })],
  ['a name that is a path', () => hello({ agent: '../../etc' })],
  ['a flow table of any size', () => hello({ flowCapacity: 2 ** 40 })],
  ['two hellos', () => Buffer.concat([hello(), hello()])],
  ['half a record', () => frame(FRAME.flows, batch([flowRecord()]).subarray(0, 100))],
  ['less than a batch header', () => frame(FRAME.events, new Uint8Array(15))],
  ['a batch with a clock that is no number', () => frame(FRAME.flows, batch([], Number.NaN))],
  ['a slot outside of the table', () => frame(FRAME.flows, batch([flowRecord({ slot: 131_072 })]))],
  ['an unknown end', () => frame(FRAME.flows, batch([flowRecord({ end: 9 })]))],
  [
    'a rate that is no number',
    () => frame(FRAME.flows, batch([flowRecord({ srcRate: Number.NaN })])),
  ],
  ['a status without its parts', () => frame(FRAME.status, Buffer.from('{}'))],
  ['a status with text for a number', () => status({ activeIps: '4' })],
  [
    'a status with a peer class that there is not',
    () => status({ rtt: [{ peer: 'x', counts: [], sumUs: 0 }] }),
  ],
  [
    'a status with more buckets than there are',
    () => status({ rtt: [{ peer: 'public', counts: Array(109).fill(0), sumUs: 0 }] }),
  ],
  [
    'a status with an endless return code',
    () =>
      status({
        dns: [
          {
            server: '::1',
            queries: 1,
            answers: 1,
            unanswered: 0,
            latencySumMs: 1,
            rcodes: { ['x'.repeat(99)]: 1 },
          },
        ],
      }),
  ],
  ['a dictionary without its parts', () => dictionary({})],
  ['a dictionary with the id 0', () => dictionary({ texts: [[0, 'a']], processes: [] })],
  [
    'a dictionary with a text of any length',
    () => dictionary({ texts: [[1, 'a'.repeat(1025)]], processes: [] }),
  ],
  [
    'a dictionary with a process that is none',
    () => dictionary({ texts: [], processes: [[1, { pid: -1, command: 'a', uid: 0 }]] }),
  ],
  [
    'a dictionary with a runtime that there is not',
    () =>
      dictionary({
        texts: [],
        processes: [[1, { pid: 1, command: 'a', uid: 0, container: { runtime: 'x', id: 'y' } }]],
      }),
  ],
  [
    'a diagnosis without checks',
    () => frame(FRAME.diagnosis, Buffer.from(JSON.stringify({ ...FAKE_DIAGNOSIS, checks: 1 }))),
  ],
  ['a reply without a number', () => frame(FRAME.reply, Buffer.from('{"ok":true}'))],
])('closes a connection that sends %s, and says so once', async (_what, bytes) => {
  const agent = running.agent()
  await agent.start({ hello: false })
  agent.raw(bytes())
  await until(() => agent.closed)
  const warnings = running.logged.filter(({ level }) => level === 40)
  expect(warnings.map(({ msg }) => msg)).toEqual(['closing the connection of an agent'])
})
