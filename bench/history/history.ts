/** The history of flows: writing, size, questions and memory, beside nfdump with the same records. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { startLineProcess } from '../rig/line-process.ts'
import { median, minimum } from '../rig/statistics.ts'
import { atLeast, atMost, figure, type Goal, type Row, type Table } from '../rig/table.ts'
import { fillNfdump } from './nfdump.ts'

const RECORDS = Number(process.env['NETSCOPE_BENCH_RECORDS'] ?? 50_000_000)
const QUICK_RECORDS = 500_000
const PROCESS = join(import.meta.dirname, 'store-process.ts')

interface Filled {
  perSecond: number
  longestMs: number
}

interface Asked {
  answers: Record<string, { ms: number[] }>
  peakMiB: number
  stats: { rows: number; bytesOnDisk: number }
}

const inProcess = async <T>(config: object, { undo }: Setting, line: string): Promise<T> => {
  const child = startLineProcess([process.execPath, PROCESS, JSON.stringify(config)], undo)
  const answer = await child.ask(line)
  await child.ask('stop')
  return JSON.parse(answer) as T
}

const questionRow = (
  name: string,
  ms: readonly number[],
  baseline: readonly number[] | undefined,
  goal?: Goal,
): Row => ({
  name,
  cells: [figure(median(ms)), figure(minimum(ms)), baseline ? figure(median(baseline)) : '–'],
  ...(goal && { goal }),
})

const run = async (setting: Setting): Promise<Table[]> => {
  const { quick, folder, say, undo } = setting
  const records = quick ? QUICK_RECORDS : RECORDS
  const config = {
    folder: join(folder, 'history'),
    memoryMb: 256,
    threads: 2,
    commitRecords: 122_880,
    segmentRows: 4_000_000,
    retainDays: 36_500,
    maxBytes: 2 ** 40,
  }
  mkdirSync(config.folder, { recursive: true })
  say(`${records} records into the history`)
  const filled = await inProcess<Filled>(config, setting, `fill ${records}`)
  say('the questions')
  const asked = await inProcess<Asked>(config, setting, 'ask')
  say('the same records into nfdump')
  const nfdump = await fillNfdump(records, join(folder, 'nfdump'), undo)
  const theirs = nfdump.ask(quick ? 1 : 5)
  const ms = (name: string) => asked.answers[name]?.ms ?? []
  const perRecord = asked.stats.bytesOnDisk / asked.stats.rows
  return [
    {
      title: `Questions over ${asked.stats.rows} records of a day, ms`,
      columns: ['median', 'min', 'nfdump'],
      rows: [
        questionRow(
          'top 10 by bytes, last hour',
          ms('top'),
          theirs.top,
          atMost(median(ms('top')), 150, ' ms'),
        ),
        questionRow('the same, an hour that begins anywhere', ms('topUnaligned'), undefined),
        questionRow(
          'series over 24 h',
          ms('series'),
          undefined,
          atMost(median(ms('series')), 250, ' ms'),
        ),
        questionRow('series over 24 h by port', ms('seriesByPort'), undefined),
        questionRow(
          'one address over 24 h, last 100 flows',
          ms('address'),
          theirs.address,
          atMost(median(ms('address')), 500, ' ms'),
        ),
      ],
      notes: [
        `nfdump holds ${nfdump.records} of the records: addresses, ports, protocol, times, packets and bytes in one direction, lz4.`,
        'nfdump has no time series. Its first 100 flows of an address are the oldest, ours the newest.',
      ],
    },
    {
      title: 'What it takes',
      columns: ['ours', 'nfdump'],
      rows: [
        {
          name: 'bytes per record on disk, roll-ups included',
          cells: [figure(perRecord), figure(nfdump.bytes / nfdump.records)],
          goal: atMost(perRecord, 30, ' bytes'),
        },
        {
          name: 'records per second, durable, made by the same process',
          cells: [figure(filled.perSecond), '–'],
          goal: atLeast(filled.perSecond, 150_000, '/s'),
        },
        {
          name: 'longest that append() held its caller, ms',
          cells: [figure(filled.longestMs), '–'],
          goal: atMost(filled.longestMs, 100, ' ms'),
        },
        {
          name: 'peak memory of the process that answers, MiB',
          cells: [figure(asked.peakMiB), '–'],
          goal: atMost(asked.peakMiB, 600, ' MiB'),
        },
      ],
    },
  ]
}

export const historyBenchmark: Benchmark = {
  name: 'history',
  description: 'the history of flows: writing, size, questions and memory, beside nfdump',
  run,
}
