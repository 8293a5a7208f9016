/** A real Prometheus scrapes the server while connections come and go: what it stores adds up at every scrape. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeStatus } from '../fakes/fake-status.ts'
import { startServer } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'
import { createRandom, createTcpWorld } from '../fakes/tcp-world.ts'

const BUDGET = 8
/** How long it scrapes; NETSCOPE_PROMETHEUS_SECONDS=60 for a minute. */
const SECONDS = Number(process.env['NETSCOPE_PROMETHEUS_SECONDS'] ?? 8)

let running: RunningServer
let folder: string
let prometheus: ChildProcess | undefined

beforeEach(async () => {
  running = await startServer({}, { seriesBudget: BUDGET })
  folder = mkdtempSync(join(tmpdir(), 'netscope-prometheus-'))
})
afterEach(async () => {
  if (prometheus?.exitCode === null) {
    const gone = new Promise((resolve) => prometheus?.once('exit', resolve))
    prometheus.kill('SIGKILL')
    await gone
  }
  await running.stop()
  rmSync(folder, { recursive: true })
})

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const startPrometheus = async (target: string): Promise<string> => {
  const config = join(folder, 'prometheus.yml')
  writeFileSync(
    config,
    `scrape_configs:\n- job_name: netscope\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  authorization:\n    credentials: ${running.token}\n  static_configs:\n  - targets: ['${target}']\n`,
  )
  const address = `127.0.0.1:${await freePort()}`
  prometheus = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  )
  await new Promise((resolve, reject) => {
    prometheus?.once('spawn', resolve)
    prometheus?.once('error', reject)
  })
  return `http://${address}`
}

type Point = [timeSeconds: number, value: string]

/** Every stored sample of the series that match, one list per series. */
const samples = async (url: string, selector: string): Promise<Point[][]> => {
  const query = encodeURIComponent(`${selector}[10m]`)
  const response = await fetch(`${url}/api/v1/query?query=${query}`).catch(() => undefined)
  if (!response?.ok) return []
  const { data } = (await response.json()) as { data: { result: { values: Point[] }[] } }
  return data.result.map(({ values }) => values)
}

/** All samples of a scrape have its time stamp. */
const sumByTime = (series: Point[][]): Map<number, number> => {
  const sums = new Map<number, number>()
  for (const [time, value] of series.flat()) sums.set(time, (sums.get(time) ?? 0) + Number(value))
  return sums
}

const PAIRS = [
  ['network_observability_tcp_bytes_sent_total', 'netscope_tcp_sent_bytes_total'],
  ['network_observability_tcp_bytes_recv_total', 'netscope_tcp_received_bytes_total'],
  ['network_observability_tcp_retransmissions_total', 'netscope_tcp_retransmitted_segments_total'],
  ['network_observability_tcp_rtt_samples_total', 'netscope_tcp_rtt_samples_total'],
  ['network_observability_tcp_drops_total', 'netscope_tcp_dropped_packets_total'],
] as const

test(
  'the sum over the labelled series is the total of the node at every scrape',
  async () => {
    const agent = running.agent()
    await agent.start()
    const world = createTcpWorld(createRandom(11), 30)
    const tick = () => {
      const records = world.step(Date.now())
      if (records.length > 0) agent.flows(records)
      agent.status(fakeStatus({ timeMs: Date.now(), tcp: { ...world.totals } }))
    }
    agent.status(fakeStatus({ timeMs: Date.now(), tcp: { ...world.totals } }))
    const ticker = setInterval(tick, 100)
    const url = await startPrometheus(running.server.url().replace('http://', ''))
    const scrapes = async () => sumByTime(await samples(url, PAIRS[0][1])).size
    for (let i = 0; i < 10 * SECONDS + 600 && (await scrapes()) < SECONDS; i++) await pause(100)
    clearInterval(ticker)

    for (const [labelled, total] of PAIRS) {
      const series = await samples(url, labelled)
      const [sums, totals] = [sumByTime(series), sumByTime(await samples(url, total))]
      expect(totals.size).toBeGreaterThanOrEqual(SECONDS)
      expect([...sums].toSorted()).toEqual([...totals].toSorted())
      const perScrape = new Map<number, number>()
      for (const [time] of series.flat()) perScrape.set(time, (perScrape.get(time) ?? 0) + 1)
      expect(Math.max(...perScrape.values())).toBeLessThanOrEqual(BUDGET)
      expect(series.length).toBeGreaterThan(2)
    }
    const moved = [...sumByTime(await samples(url, PAIRS[0][0])).values()]
    expect(new Set(moved).size).toBeGreaterThan(3)
    await agent.stop()
  },
  1000 * SECONDS + 150_000,
)
