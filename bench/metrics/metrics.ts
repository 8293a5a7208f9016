/** Server CPU of a scrape of /metrics with many TCP series, beside prom-client writing as many plain ones. */
import { Registry } from 'prom-client'
import type { Gauge } from 'prom-client'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { AMOUNTS } from '@netscope/server/tcp/tcp-amounts.ts'
import { createTcpBooks } from '@netscope/server/tcp/tcp-books.ts'
import type { TcpBooks } from '@netscope/server/tcp/tcp-books.ts'
import { fakeStatus } from '@netscope/server/fakes/fake-status.ts'
import { flowRecord } from '@netscope/server/fakes/flow-record.ts'
import { createTcpLines } from '@netscope/server/metrics/tcp-lines.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { interleave, median } from '../rig/statistics.ts'
import { atMost, figure, sampleCells, type Row, type Table } from '../rig/table.ts'

const BUDGET = 10_000
/** Live flows that an agent reports in a second (`flows.liveUpdatesPerSecond`). */
const UPDATES = 5000
const WARM_UP = 5
const NODE = 'node'

/** Milliseconds of CPU of this process, garbage collection in other threads included. */
const cpuOf = async (run: () => unknown): Promise<number> => {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** A host with `flows` connections, each in a series of its own or in `other`. */
const createHost = (flows: number) => {
  let nowMs = 1_000_000
  const tcp = fakeStatus().tcp!
  const books = createTcpBooks(
    { seriesBudget: BUDGET, foldClientPorts: false },
    { now: () => nowMs },
  )
  const sent = new Float64Array(flows)
  const report = (slot: number): void => {
    const more = 1 + ((slot * 7919) % 100_000)
    sent[slot] = (sent[slot] ?? 0) + more
    tcp.sentBytes += more
    const record = flowRecord({
      slot,
      src: `10.${slot >> 16}.${(slot >> 8) & 255}.${slot & 255}`,
      dst: '2001:db8:aaaa:bbbb::17',
      srcSent: sent[slot] ?? 0,
      srcRttUs: 1000 + slot,
      firstNs: nowMs * 1e6,
    })
    records.push(record)
  }
  const records: Buffer[] = []
  let batch = Buffer.alloc(0)
  const send = (): void => {
    batch = Buffer.concat(records.splice(0))
  }
  const take = (): void => {
    const view = new DataView(batch.buffer, batch.byteOffset, batch.length)
    for (let at = 0; at < batch.length; at += RECORD_BYTES) books.take(NODE, view, at, 0)
  }
  const settle = (): void => {
    nowMs += 1000
    books.settle(NODE, { ...tcp }, nowMs)
  }
  books.connected(NODE, 1)
  settle()
  for (let slot = 0; slot < flows; slot++) report(slot)
  send()
  take()
  settle()
  let next = 0
  return {
    books,
    /** What comes in within a second; not measured. */
    prepare: () => {
      for (let i = 0; i < UPDATES; i++) report((next = (next + 1) % flows))
      send()
    },
    take,
    settle,
  }
}

/** prom-client with the same labels and values, as the other metrics are written. */
const createPromClient = (books: TcpBooks) => {
  const registry = new Registry()
  const groups = [...(books.all.get(NODE)?.labelled ?? [])]
  for (const name of [...AMOUNTS, 'rtt']) {
    const get = async () => ({
      name,
      help: name,
      type: 'gauge',
      aggregator: 'omit',
      values: groups.map(({ src, dst, srcPort, dstPort }, i) => ({
        labels: { node: NODE, src_ip: src, dst_ip: dst, src_port: srcPort, dst_port: dstPort },
        value: i,
      })),
    })
    registry.registerMetric({ name, get } as unknown as Gauge)
  }
  return async () => Buffer.from(await registry.metrics())
}

const measure = async (flows: number, { quick, say }: Setting): Promise<Row[]> => {
  say(`${flows} live flows`)
  const host = createHost(flows)
  const scrape = createTcpLines(host.books, false)
  const lines = scrape().toString().split('\n').length
  const promClient = createPromClient(host.books)
  const samples = await interleave(WARM_UP + (quick ? 5 : 41), {
    prepare: () => {
      host.prepare()
      return 0
    },
    take: () => cpuOf(host.take),
    settle: () => cpuOf(host.settle),
    ours: () => cpuOf(scrape),
    promClient: () => cpuOf(promClient),
  })
  const kept = (values: number[]) => values.slice(WARM_UP)
  const row = (name: string, values: number[]): Row => ({
    name: `${flows} flows, ${name}`,
    cells: sampleCells(kept(values), kept(samples.promClient)),
  })
  return [
    {
      ...row(`a scrape of ${lines} lines`, samples.ours),
      goal: atMost(median(kept(samples.ours)), 60, ' ms'),
    },
    row('prom-client, as many series', samples.promClient),
    {
      name: `${flows} flows, ${UPDATES} flow records taken`,
      cells: [figure(median(kept(samples.take))), figure(Math.min(...kept(samples.take))), ''],
    },
    {
      name: `${flows} flows, series chosen and settled`,
      cells: [figure(median(kept(samples.settle))), figure(Math.min(...kept(samples.settle))), ''],
    },
  ]
}

export const metricsBenchmark: Benchmark = {
  name: 'metrics',
  description: 'server CPU of a scrape with 10,000 series of each TCP metric, beside prom-client',
  run: async (setting): Promise<Table[]> => {
    const rows: Row[] = []
    for (const flows of [10_000, 100_000]) rows.push(...(await measure(flows, setting)))
    return [{ title: 'Server CPU, ms', columns: ['median', 'min', '× prom-client'], rows }]
  },
}
