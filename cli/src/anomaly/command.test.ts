/** `netscope anomaly` as a user runs it. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '@netscope/detect/anomaly/random.ts'

const NETSCOPE = fileURLToPath(new URL('../../../bin/netscope', import.meta.url))
const START_MS = Date.UTC(2026, 6, 1)
const WINDOW_MS = 300_000

const random = createRandom(2)

/** Flows of a device in a window, as `netscope flows --output json` prints them. */
const flowLines = (device: string, window: number, count: number, sentBytes: number): string[] =>
  Array.from({ length: count }, (_, i) => {
    const from = START_MS + window * WINDOW_MS + random.below(WINDOW_MS - 2000)
    return JSON.stringify({
      id: `${device}-${window}-${i}`,
      src: device,
      dst: `198.51.100.${random.below(30)}`,
      dstPort: 443,
      protocolNumber: 6,
      srcBytes: sentBytes * (1 + random.next()),
      dstBytes: 20_000 * random.next(),
      srcPackets: sentBytes / 100,
      dstPackets: 20,
      handshake: 'complete',
      firstSeen: new Date(from).toISOString(),
      lastSeen: new Date(from + 1000).toISOString(),
    })
  })

/** Ordinary traffic of two devices in windows `from` up to `to`. */
const history = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => [
    ...flowLines('10.0.0.5', from + i, 5 + random.below(10), 1000),
    ...flowLines('10.0.0.6', from + i, 2 + random.below(4), 3000),
  ]).flat()

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-cli-anomaly-'))
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
  write('week.json', history(0, 400))
  write('today.json', [
    ...history(400, 406),
    ...flowLines('10.0.0.5', 403, 10, 5_000_000),
    ...flowLines('10.0.0.77', 403, 5, 1000),
    '{"type":"summary","files":["x"]}',
    'no flow at all',
  ])
  const rows = Array.from({ length: 500 }, () => `x,${random.next()},${random.next()}`)
  write('table.csv', ['name,left,right', ...rows, 'odd,9,0.5'])
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(NETSCOPE, ['anomaly', ...args], {
    encoding: 'utf8',
    cwd: folder,
  })
  const lines = stdout.split('\n').filter(Boolean)
  return { status, lines, stderr, json: () => lines.map((line) => JSON.parse(line) as Row) }
}

interface Row {
  device?: string
  time?: string
  row?: number
  score: number | null
  model: string
  usual: number
  causes: { feature: string; value: number; low: number; high: number; share: number }[]
}

describe('flow history', () => {
  it('is learned, by device and all together', () => {
    const { status, lines, stderr } = run('train', 'week.json', '--model', 'm')
    expect([status, stderr]).toEqual([0, ''])
    expect(lines.map((line) => line.split(/\s+/).join(' '))).toEqual([
      'OF LEARNED MODEL',
      'all 800 yes',
      '10.0.0.5 400 yes',
      '10.0.0.6 400 yes',
    ])
    expect(run('train', 'week.json', '--model', 'again').status).toBe(0)
    expect(readFileSync(join(folder, 'again'))).toEqual(readFileSync(join(folder, 'm')))
  })

  it('is scored: the upload stands out, a device that is not known is compared with all', () => {
    const { status, stderr, json } = run('score', 'today.json', '-m', 'm', '--output', 'json')
    expect([status, stderr]).toEqual([0, 'netscope: 1 lines are no flows and were left out\n'])
    const rows = json()
    expect(rows).toHaveLength(13)
    const [top] = rows.toSorted((a, b) => b.score! - a.score!)
    expect(top).toMatchObject({
      device: '10.0.0.5',
      time: new Date(START_MS + 403 * WINDOW_MS).toISOString(),
      model: 'own',
    })
    expect(top!.score).toBeGreaterThan(top!.usual)
    expect(rows.find(({ device }) => device === '10.0.0.77')).toMatchObject({ model: 'all' })
  })

  it('is explained by what made the score, with usual range and value', () => {
    const { json } = run('explain', 'today.json', '-m', 'm', '--device', '10.0.0.5', '-o', 'json')
    const [{ causes }] = json() as [Row]
    expect(causes).toHaveLength(14)
    const sent = causes.slice(0, 3).find(({ feature }) => feature === 'sentBytes')
    expect(sent!.value).toBeGreaterThan(50_000_000)
    expect(sent!.high).toBeLessThan(50_000)
    const { lines } = run('explain', 'today.json', '-m', 'm', '--at', '2026-07-02T09:36:00Z')
    expect(lines[0]).toMatch(/^10.0.0.5 2026-07-02T09:35:00.000Z: score 0.\d+; 99.9 % of what/)
    expect(lines.join('\n')).toMatch(/bytes sent +\d+(\.\d+)? MB +\d/)
  })

  it('that has no such window is an error of its own', () => {
    const nobody = run('explain', 'today.json', '-m', 'm', '--device', '10.0.0.99')
    expect(nobody).toMatchObject({ status: 1, lines: [] })
    expect(nobody.stderr).toMatch(/nothing to explain: no row is like that\.\n.*anomaly score/)
  })

  it('that is too short is not guessed from', () => {
    const { status, stderr, lines } = run('train', 'today.json', '-m', 'short')
    expect([status, lines]).toEqual([2, []])
    expect(stderr).toMatch(
      /too little to learn from: 1\d whole windows of five minutes, where 288 are needed/,
    )
  })
})

describe('a table', () => {
  it('is learned, scored and explained by its own columns', () => {
    const { stderr } = run('train', 'table.csv', '-m', 't')
    expect(stderr).toBe('netscope: columns without numbers left out: name\n')
    expect(run('score', 'table.csv', '-m', 't', '--top', '1', '-q').lines).toEqual(['501'])
    const [row] = run('explain', 'table.csv', '-m', 't', '-o', 'json').json()
    expect(row).toMatchObject({ row: 501, causes: [{ feature: 'left', value: 9 }, {}] })
  })

  it('other columns than were learned, or flows, are refused', () => {
    writeFileSync(join(folder, 'other.csv'), 'left,middle\n1,2\n')
    expect(run('score', 'other.csv', '-m', 't')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('it wants a column right') as string,
    })
    expect(run('score', 'today.json', '-m', 't').stderr).toContain('it is of a table, not of flows')
  })
})

describe('what cannot be read', () => {
  it.each([
    [['score', 'table.csv', '-m', 'nowhere'], /nowhere: there is no such file.\nCheck the name/],
    [['score', 'table.csv', '-m', 'table.csv'], /no such file, or cut off/],
    [['train', 'nowhere', '-m', 'x'], /nowhere: there is no such file.\nCheck the name/],
    [['train', '/dev/null', '-m', 'x'], /neither flows nor numbers/],
    [['train', 'table.csv'], /--model/],
  ])('is told, and is a failure: %j', (args, reason) => {
    const { status, stderr } = run(...args)
    expect(status).toBeGreaterThan(0)
    expect(stderr).toMatch(reason)
    expect(stderr).not.toMatch(/\n {4}at /)
  })
})
