/** A burst of detections, each of another source, into a running server: memory, notifications, and the API meanwhile. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { callApi } from '../rig/api-call.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { sleep, startLineProcess } from '../rig/line-process.ts'
import { median } from '../rig/statistics.ts'
import { atMost, figure, type Table } from '../rig/table.ts'

const SERVER = join(import.meta.dirname, 'burst-server.ts')
const PER_SECOND = 10_000
const MIB = 2 ** 20

interface Figures {
  made: number
  rss: number
  peak: number
  cpuSeconds: number
  counts: { begun: Record<string, number>; lost: number }
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN

export const burstBenchmark: Benchmark = {
  name: 'burst',
  description: '10,000 new alerts a second: memory, what people are told, the API meanwhile',
  run: async (setting: Setting): Promise<Table[]> => {
    const seconds = setting.quick ? 2 : 20
    const notices: string[] = []
    const hook = createServer((request, response) => {
      void text(request).then((body) => {
        notices.push(body)
        response.end()
      })
    }).listen(0, '127.0.0.1')
    setting.undo.add(() => void hook.close())
    const process_ = startLineProcess([process.execPath, SERVER], setting.undo)
    const { url, token } = JSON.parse(await process_.next()) as { url: string; token: string }
    const netscope = { url, headers: { authorization: `Bearer ${token}` } }
    const ask = async (line: string) => JSON.parse(await process_.ask(line)) as Figures
    const { port } = hook.address() as AddressInfo
    const before = await ask(`channel http://127.0.0.1:${port}/ ${2 * seconds}`)
    const latencies: number[] = []
    let isOver = false
    const users = Array.from({ length: 2 }, async (_, i) => {
      const path = ['/api/v1/alerts?limit=50', '/api/v1/status'][i]!
      while (!isOver) {
        const beganMs = performance.now()
        await callApi(netscope, 'GET', path)
        latencies.push(performance.now() - beganMs)
        await sleep(50)
      }
    })
    setting.say(`${PER_SECOND} alerts a second for ${seconds} s`)
    const after = await ask(`burst ${PER_SECOND} ${seconds}`)
    isOver = true
    await Promise.all(users)
    for (let i = 0; notices.length === 0 && i < 600; i++) await sleep(100)
    await sleep(2000)
    const end = await ask('figures')
    const { total } = (await callApi(netscope, 'GET', '/api/v1/alerts?limit=1')) as {
      total: number
    }
    const told = notices.map((body) => (JSON.parse(body) as { total?: number }).total ?? 0)
    const begun = Object.values(end.counts.begun).reduce((sum, of) => sum + of, 0)
    const row = (name: string, value: number) => ({ name, cells: [figure(value)] })
    return [
      {
        title: `${after.made} detections of as many sources within ${seconds} s`,
        columns: ['figure'],
        rows: [
          row('kept as alerts', begun),
          row('given up, and counted', end.counts.lost),
          row('alerts in the database afterwards', total),
          { ...row('notifications', notices.length), goal: atMost(notices.length, 1, '') },
          row('alerts that it tells of', told[0] ?? 0),
          row('resident before, MiB', before.rss / MIB),
          row('resident at most, MiB', end.peak / MIB),
          row('resident afterwards, MiB', end.rss / MIB),
          row('CPUs', (after.cpuSeconds - before.cpuSeconds) / seconds),
          row('API median, ms', median(latencies)),
          {
            ...row('API p95, ms', percentile(latencies, 0.95)),
            goal: atMost(percentile(latencies, 0.95), 250, ' ms'),
          },
        ],
        notes: ['Two users ask for the newest alerts and the status, 20 times a second at most.'],
      },
    ]
  },
}
