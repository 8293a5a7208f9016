/** A feed of 100,000 entries that blocks: from its last byte to the last entry in force, and then a change of 1 %. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { callApi } from '../rig/api-call.ts'
import { median } from '../rig/statistics.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { sleep, startLineProcess } from '../rig/line-process.ts'
import { createCable } from '../rig/namespaces.ts'
import { startNetscope } from '../rig/netscope.ts'
import { makePrefixes, prefixTexts } from '../rig/prefixes.ts'
import { atMost, figure, type Table } from '../rig/table.ts'
import { createUndo, temporaryFolder } from '../rig/undo.ts'
import type { StreamReport } from './stream.ts'

const STREAM = join(import.meta.dirname, 'stream.ts')
const FREE = '198.18.0.2'
/** Addresses that the streams come from, by what the feed does with them. */
const KEPT = '9.1.0.1'
const GONE = '9.1.0.2'
/** The last one by its text, which is the order in which they come. */
const LAST = '99.99.99.99'
const ADDED = '9.1.0.4'

type Reports = Partial<Record<string, StreamReport>>

interface Round {
  /** From the last byte of the feed to: read; the last entry drops; the agent says that all is in force and on its disk. */
  readMs: number
  forceMs: number
  toldMs: number
  update: { forceMs: number; openMs: number; toldMs: number }
  lost: number
  passed: number
  sent: number
}

/** A web server with one feed; `sentMs` is when the last body was handed to the kernel, CLOCK_MONOTONIC. */
const serveFeed = async (setting: Pick<Setting, 'undo'>) => {
  const feed = { text: '', sentMs: 0 }
  const server = createServer((_request, response) => {
    response.on('finish', () => (feed.sentMs = performance.timeOrigin + performance.now()))
    response.end(feed.text)
  }).listen(0, '127.0.0.1')
  setting.undo.add(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  return { feed, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed` }
}

/** Milliseconds since 1970 of the last log line that matches. */
const loggedMs = (output: string, message: string): number => {
  const line = output.split('\n').findLast((one) => one.includes(message)) ?? ''
  return Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? '')
}

const waitFor = async (what: string, done: () => boolean | Promise<boolean>): Promise<void> => {
  for (let i = 0; !(await done()); i++) {
    if (i > 3000) throw new Error(`${what}: not within 30 s`)
    await sleep(10)
  }
}

const runOnce = async (count: number, setting: Setting): Promise<Round> => {
  const undo = createUndo()
  const forget = setting.undo.add(() => undo.all())
  const folder = temporaryFolder(undo)
  const { a, b } = createCable(undo)
  const sources = [FREE, KEPT, GONE, LAST, ADDED]
  for (const address of sources.slice(1))
    b.run('ip', 'address', 'add', `${address}/32`, 'dev', 'vb')
  a.run('sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.va.rp_filter=0')
  const { feed, url } = await serveFeed({ undo })
  const flags = ['--outgoing-allow=127.0.0.1', '--intel-fetch-feeds=false']
  const netscope = await startNetscope(a, { folder, flags }, undo)
  const receiver = startLineProcess(a.inside(process.execPath, STREAM, 'receive', a.address), undo)
  const sender = startLineProcess(
    b.inside(process.execPath, STREAM, 'send', a.address, ...sources),
    undo,
  )
  const received = async () => JSON.parse(await receiver.ask('report')) as Reports
  const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6
  /** From milliseconds since 1970 to CLOCK_MONOTONIC. */
  const offset = performance.timeOrigin + performance.now() - monotonicMs()

  const others = prefixTexts(makePrefixes(count))
  const changed = Math.floor(count / 100)
  const first = [KEPT, GONE, ...others.slice(0, count - 3), LAST]
  const second = [KEPT, ...others.slice(changed, count - 3), LAST]
  const known = new Set(others)
  const fresh = prefixTexts(makePrefixes(changed, 2)).filter((text) => !known.has(text))
  await receiver.ask('report')
  await sender.ask('go')
  await sleep(1000)
  await callApi(netscope, 'POST', '/api/v1/feeds', {
    name: 'bench',
    url,
    kind: 'c2',
    block: true,
    everySeconds: 86_400,
  })

  const refresh = async (
    lines: string[],
  ): Promise<{ sentMs: number; toldMs: number; readMs: number }> => {
    feed.text = lines.join('\n')
    const before = netscope.server.output().length
    const answer = await callApi(netscope, 'POST', '/api/v1/feeds/bench/refresh')
    if (answer['error'] !== '') throw new Error(String(answer['error']))
    const since = () => netscope.server.output().slice(before)
    await waitFor('the feed in the deny list', () => since().includes('feeds are in the deny list'))
    const readMs = loggedMs(since(), 'a feed has come') - feed.sentMs
    const toldMs = loggedMs(since(), 'feeds are in the deny list') - feed.sentMs
    return { sentMs: feed.sentMs - offset, readMs, toldMs }
  }

  setting.say(`a feed of ${first.length} entries`)
  const one = await refresh(first)
  await sleep(300)
  const afterOne = await received()
  setting.say(`a change of ${changed} entries`)
  const two = await refresh([...second, ...fresh, ADDED])
  await sleep(300)
  const afterTwo = await received()
  await sleep(500)
  const sent = JSON.parse(await sender.ask('report')) as Reports
  await sleep(300)
  const end = await received()

  const free = end[FREE]!
  const passedOf = (of: string) => (end[of]?.packets ?? 0) - (afterOne[of]?.packets ?? 0)
  const gone = end[GONE]!
  // What the receiver's socket had no room for was not lost by us.
  const noRoom = Number(
    /\nUdp: (.*)\nUdp: (.*)/.exec(a.run('cat', '/proc/net/snmp'))?.[2]?.split(' ')[4] ?? 0,
  )
  const round: Round = {
    readMs: one.readMs,
    forceMs: Math.max(...[KEPT, GONE, LAST].map((of) => afterOne[of]!.lastMs)) - one.sentMs,
    toldMs: one.toldMs,
    update: {
      forceMs: afterTwo[ADDED]!.lastMs - two.sentMs,
      openMs: firstAfter(gone, afterOne[GONE]!) - two.sentMs,
      toldMs: two.toldMs,
    },
    lost: Math.max(0, (sent[FREE]?.packets ?? 0) - free.packets - noRoom),
    passed: passedOf(KEPT) + passedOf(LAST),
    sent: sent[FREE]?.packets ?? 0,
  }
  sender.stop()
  receiver.stop()
  forget()
  return round
}

/** When its packets came through again. */
const firstAfter = (end: StreamReport, before: StreamReport): number => {
  const gap = end.runs.findIndex(([from]) => from > before.runs.at(-1)![1])
  if (gap < 0) return Number.NaN
  const numbers = end.runs.at(-1)![1] - end.runs[gap]![0]
  return end.lastMs - numbers * 2
}

export const feedsBenchmark: Benchmark = {
  name: 'feeds',
  description: 'a feed that blocks 100,000 prefixes: until it is in force, and a change of 1 %',
  run: async (setting: Setting): Promise<Table[]> => {
    const count = setting.quick ? 10_000 : 100_000
    const rounds: Round[] = []
    for (let i = 0; i < (setting.quick ? 1 : 5); i++) rounds.push(await runOnce(count, setting))
    const row = (name: string, of: (round: Round) => number, limit?: number) => {
      const values = rounds.map(of)
      const cells = [
        figure(median(values)),
        figure(Math.min(...values)),
        figure(Math.max(...values)),
      ]
      return {
        name,
        cells,
        ...(limit !== undefined && {
          goal: atMost(
            limit === 0 ? Math.max(...values) : median(values),
            limit,
            limit === 0 ? '' : ' ms',
          ),
        }),
      }
    }
    return [
      {
        title: `A feed of ${count} prefixes, ms from its last byte`,
        columns: ['median', 'min', 'max'],
        rows: [
          row('read, what is ours taken out', ({ readMs }) => readMs),
          row('the last entry drops packets', ({ forceMs }) => forceMs),
          row('from read to the last entry drops', (of) => of.forceMs - of.readMs, 1000),
          row('the agent has it on its disk and said so', ({ toldMs }) => toldMs),
          row('change of 1 %: the last new entry drops', ({ update }) => update.forceMs, 1000),
          row('change of 1 %: what has gone passes', ({ update }) => update.openMs),
          row('change of 1 %: on disk, and said so', ({ update }) => update.toldMs),
          row('packets lost that are on no list', ({ lost }) => lost, 0),
          row('packets passed of entries in force', ({ passed }) => passed, 0),
        ],
        notes: [
          `Of some ${rounds[0]?.sent ?? 0} packets from each of five addresses, one every 2 ms, all along.`,
        ],
      },
    ]
  },
}
