/** Questions over the API to a real Prometheus that scrapes this server. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startServer } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer
let folder: string
let prometheus: ChildProcess

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-prometheus-'))
  const address = `127.0.0.1:${await freePort()}`
  running = await startServer({}, { prometheusUrl: `http://${address}`, open: true })
  const target = running.server.url().replace('http://', '')
  const config = join(folder, 'prometheus.yml')
  writeFileSync(
    config,
    `scrape_configs:\n- job_name: netscope\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  static_configs:\n  - targets: ['${target}']\n`,
  )
  const options = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
  ]
  prometheus = spawn('prometheus', options, { stdio: 'ignore' })
})
afterEach(async () => {
  const gone = new Promise((resolve) => prometheus.once('exit', resolve))
  prometheus.kill('SIGKILL')
  await gone
  await running.stop()
  rmSync(folder, { recursive: true })
})

interface Answer {
  code?: string
  detail?: string
  data?: { resultType: string; result: { metric: object; values?: unknown[]; value?: unknown }[] }
}

const ask = async (path: string, query: Record<string, string>) => {
  const response = await running.fetch(
    `/api/v1/metrics/${path}?${new URLSearchParams(query).toString()}`,
  )
  return { status: response.status, body: (await response.json()) as Answer }
}

test('figures at one time and over a range; a wrong expression is told in its words', async () => {
  const now = async () =>
    (await ask('query', { expr: 'up{job="netscope"}' })).body.data?.result ?? []
  for (let i = 0; i < 600 && (await now()).length === 0; i++) await pause(100)
  expect(await now()).toMatchObject([
    { metric: { job: 'netscope' }, value: [expect.any(Number), '1'] },
  ])
  const end = Date.now() / 1000
  const range = await ask('query_range', {
    expr: 'up + 1',
    start: String(end - 30),
    end: new Date(end * 1000).toISOString(),
    step: '1s',
  })
  expect(range.status).toBe(200)
  expect(range.body.data?.resultType).toBe('matrix')
  expect(range.body.data?.result[0]?.values?.length).toBeGreaterThan(0)
  const wrong = await ask('query', { expr: 'up{' })
  expect([wrong.status, wrong.body.code]).toEqual([400, 'metrics.expression'])
  expect(wrong.body.detail).toContain('parse error')
  const tooMany = await ask('query_range', { expr: 'up', start: '0', end: String(end), step: '1s' })
  expect([tooMany.status, tooMany.body.code]).toEqual([400, 'metrics.expression'])
})
