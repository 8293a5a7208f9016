/** A process that holds a history: `fill N` and `ask`, each answered with a line of JSON. Argument: its configuration. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { parseQuery } from '@netscope/core/query/parse-query.ts'
import { createAgentContext } from '@netscope/server/flows/agent-context.ts'
import { createDuckdbStore } from '@netscope/server/store/duckdb-store.ts'
import type { FlowStore } from '@netscope/server/store/flow-store.ts'
import { pino } from 'pino'
import {
  createDay,
  DAY_MS,
  DAY_START_MS,
  emptyFrame,
  FRAME_RECORDS,
  NAMES,
  WALL_OFFSET_MS,
} from './day.ts'

type Config = Parameters<typeof createDuckdbStore>[0]

const store = createDuckdbStore(JSON.parse(process.argv[2] ?? '{}') as Config, {
  log: pino({ level: 'warn' }, pino.destination(2)),
})
await store.start()

const contextOfDay = () => {
  const context = createAgentContext('bench')
  context.wallOffsetMs = WALL_OFFSET_MS
  context.name([{ ifindex: 2, name: 'eth0' }])
  const texts = Array.from({ length: NAMES }, (_, i): [number, string] => [
    i + 1,
    `host-${i}.example.com`,
  ])
  context.dictionary.add({ texts, processes: [] })
  return context
}

const WAITING_BYTES = 24e6

const fill = async (records: number): Promise<object> => {
  const context = contextOfDay()
  const day = createDay(records)
  const frame = emptyFrame()
  const from = performance.now()
  let longestMs = 0
  let last: Promise<void> = Promise.resolve()
  for (let seq = 1; seq <= records / FRAME_RECORDS; seq++) {
    day.fill(frame)
    const at = performance.now()
    last = store.append({ agent: 'bench', epoch: 1, seq, records: frame, context })
    longestMs = Math.max(longestMs, performance.now() - at)
    while (store.backlogBytes > WAITING_BYTES) await pause(1)
  }
  await last
  const seconds = (performance.now() - from) / 1000
  return { perSecond: records / seconds, longestMs }
}

const END_MS = DAY_START_MS + DAY_MS
const HOUR_MS = 3_600_000

const queryOf = (text: string) => {
  const result = parseQuery(text)
  if (!result.ok) throw new Error(result.error.message)
  return { query: result.query }
}

/** Not aligned to hours and minutes where a person would not do so either. */
const QUESTIONS: Readonly<Record<string, (of: FlowStore) => Promise<unknown>>> = {
  top: (of) =>
    of.top({ fromMs: END_MS - HOUR_MS, toMs: END_MS, by: 'src', measure: 'bytes', limit: 10 }),
  topUnaligned: (of) =>
    of.top({
      fromMs: END_MS - HOUR_MS - 1_234_567,
      toMs: END_MS - 1_234_567,
      by: 'src',
      measure: 'bytes',
      limit: 10,
    }),
  series: (of) =>
    of.series({ fromMs: DAY_START_MS, toMs: END_MS, stepMs: 600_000, measure: 'bytes', limit: 1 }),
  seriesByPort: (of) =>
    of.series({
      fromMs: DAY_START_MS,
      toMs: END_MS,
      stepMs: 600_000,
      by: 'dstPort',
      measure: 'bytes',
      limit: 10,
    }),
  address: (of) =>
    of.find({
      ...queryOf('ip = 10.0.8.200'),
      fromMs: DAY_START_MS,
      toMs: END_MS,
      limit: 100,
      sort: 'lastSeen',
      order: 'desc',
    }),
}

const ROUNDS = 7

const ask = async (): Promise<object> => {
  const answers: Record<string, { ms: number[] }> = {}
  for (const [name, question] of Object.entries(QUESTIONS)) {
    const ms: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const from = performance.now()
      await question(store)
      ms.push(performance.now() - from)
    }
    answers[name] = { ms }
  }
  const status = readFileSync('/proc/self/status', 'utf8')
  const peakMiB = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024
  return { answers, peakMiB, stats: await store.stats() }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [word, number] = line.split(' ')
  const answer =
    word === 'fill' ? await fill(Number(number)) : word === 'ask' ? await ask() : await store.stop()
  process.stdout.write(`${JSON.stringify(answer ?? {})}\n`)
  if (word === 'stop') process.exit(0)
}
