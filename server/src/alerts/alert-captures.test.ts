/** Tests of the packets that are kept of alerts: of which, where they go, and their bounds. */
import { mkdtempSync, readFileSync, rmSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { CaptureFilter, CaptureLimits } from '@netscope/core/wire.ts'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Agent } from '../agents.ts'
import { createAlertCaptures } from './alert-captures.ts'

let folder: string
let asked: { agent: string; filter: CaptureFilter; limits: CaptureLimits }[]
/** What the agent sends. */
let file: () => Readable
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-alert-captures-'))
  asked = []
  file = () => Readable.from([Buffer.from('packets')])
})
afterEach(() => rmSync(folder, { recursive: true }))

const config = { captureSeverity: 60, captureSeconds: 5, captureMegabytes: 1, captureDays: 7 }
/** With a capture ring or without. */
const agentWith = (captureRing?: object) =>
  ({ name: 'host-a', ...(captureRing && { status: { captureRing } }) }) as Agent
const create = (given: Partial<typeof config> = {}, agent = agentWith()) =>
  createAlertCaptures(
    { ...config, ...given, folder },
    {
      agents: { connected: [agent] },
      captures: {
        open: async ({ name: agent }, filter, limits) => {
          asked.push({ agent, filter, limits })
          return { id: asked.length, file: file() }
        },
      },
      now: Date.now,
      log: pino({ level: 'silent' }),
    },
  )
const row = (given: object = {}) => ({
  ...{ id: 'a1', state: 'active' as const, severity: 70, agent: 'host-a' },
  ...{ src: '192.0.2.7', dst: '10.0.0.9', ...given },
})

test('the packets of the source are asked for once, at the agent that saw it, and kept', async () => {
  const captures = create()
  await captures.start()
  captures.take(row())
  captures.take(row({ severity: 80 }))
  expect(captures.find('a1')).toBeUndefined()
  await captures.settled()
  expect(asked).toEqual([
    {
      ...{ agent: 'host-a', filter: { ip: '192.0.2.7' } },
      limits: { seconds: 5, maxBytes: 1 << 20, beforeBytes: 1 << 19, snapLength: 512 },
    },
  ])
  expect(readFileSync(captures.find('a1')!, 'utf8')).toBe('packets')
  const again = create()
  await again.start()
  expect(again.find('a1')).toBe(join(folder, 'a1.pcapng'))
})

test.each([
  ['is not severe', { severity: 59 }],
  ['is suppressed', { state: 'suppressed' }],
  ['is over', { state: 'ended' }],
  ['names no address', { src: '', dst: '' }],
  ['has an id that is no name of a file', { id: '../../x' }],
  ['was seen by an agent that is away', { agent: 'host-b' }],
])('nothing is captured of an alert that %s', async (_what, given) => {
  const captures = create()
  captures.take(row(given))
  await captures.settled()
  expect(asked).toEqual([])
})

test('a burst of alerts makes few captures at once; the rest is counted', async () => {
  const captures = create()
  for (let i = 0; i < 50; i++) captures.take(row({ id: `b${i}` }))
  await captures.settled()
  expect([asked.length, captures.counts]).toEqual([4, { taken: 4, skipped: 46, failed: 0 }])
})

test('where a capture ring holds their packets meanwhile, as many as is bounded wait for their turn', async () => {
  const captures = create({}, agentWith({}))
  for (let i = 0; i < 50; i++) captures.take(row({ id: `b${i}` }))
  expect(asked).toHaveLength(4)
  await captures.settled()
  expect([asked.length, captures.counts]).toEqual([36, { taken: 36, skipped: 14, failed: 0 }])
})

test('what is in a file is told, and of none nothing', async () => {
  const captures = create()
  captures.take(row())
  await captures.settled()
  expect(await captures.describe('a1')).toMatchObject({ packets: 0 })
  expect(await captures.describe('a2')).toBeUndefined()
})

test('one that breaks off leaves nothing behind', async () => {
  file = () =>
    new Readable({
      read() {
        this.destroy(new Error('the agent has gone'))
      },
    })
  const captures = create()
  captures.take(row())
  await captures.settled()
  expect([captures.counts.failed, captures.find('a1'), readdirSync(folder)]).toEqual([
    1,
    undefined,
    [],
  ])
})

test('what is old goes, and of the rest the oldest when there is no room', async () => {
  const put = (name: string, bytes: number, daysAgo: number) => {
    writeFileSync(join(folder, name), Buffer.alloc(bytes))
    const at = Date.now() / 1000 - daysAgo * 86_400
    utimesSync(join(folder, name), at, at)
  }
  put('old.pcapng', 10, 8)
  put('first.pcapng', 600_000, 2)
  put('second.pcapng', 600_000, 1)
  put('half.part', 10, 0)
  const captures = create()
  await captures.start()
  expect(readdirSync(folder)).toEqual(['second.pcapng'])
  expect(captures.find('second')).toBeDefined()
})
