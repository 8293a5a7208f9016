/** A burst of alerts into a running server: what is kept, what people are told, and that the API answers meanwhile. */
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { madeUpDetection } from '../fakes/made-up-detection.ts'
import { startProvider } from '../fakes/notify-rig.ts'
import type { Provider } from '../fakes/notify-rig.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

const BURST = 22_000
/** alerts.maxAlerts as nobody sets it, and half as many more until old ones are removed. */
const MOST_ROWS = 15_000

let running: RunningServer
let provider: Provider
beforeEach(async () => {
  running = await startServer({}, {}, {}, { allow: ['127.0.0.1'] })
  provider = await startProvider()
})
afterEach(async () => {
  await running.stop()
  await provider.stop()
})

const total = async (): Promise<number> => {
  const response = await running.fetch('/api/v1/alerts?limit=1&state=all')
  return ((await response.json()) as { total: number }).total
}

const takeOne = (i: number): void => {
  const ip = `20.0.${i >> 8}.${i & 255}`
  const nowMs = Date.now()
  running.server.alerts.take(
    madeUpDetection({
      ...{ id: `burst-${i}`, severity: 70, label: 'high', source: { ip }, state: 'ended' },
      ...{ suppressionKey: `burst ${ip}`, firstMs: nowMs, lastMs: nowMs },
    }),
  )
}

test(
  'all of it is kept or counted as lost, the database stays bounded, people are told once, the API answers',
  { timeout: 180_000 },
  async () => {
    const made = await running.fetch('/api/v1/channels', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ name: 'ops', kind: 'webhook', rules: { groupSeconds: 3600 } },
        settings: { url: provider.url, secret: 'of-sixteen-letters' },
      }),
    })
    expect(made.status).toBe(201)
    const { counts } = running.server.alerts
    const kept = () => Object.values(counts.begun).reduce((sum, of) => sum + of, 0)
    const rows: number[] = []
    let answered = 0
    let isOver = false
    const asking = (async () => {
      while (!isOver) {
        rows.push(await total())
        answered++
      }
    })()
    for (let i = 0; i < BURST; i++) {
      takeOne(i)
      if (i % 1000 === 999) await turn()
    }
    const answeredBefore = answered
    // What has not been kept waits: the API gets its turns in between.
    expect(kept() + counts.lost).toBeLessThan(BURST)
    await until(() => kept() + counts.lost === BURST, 100)
    expect(answered).toBeGreaterThan(answeredBefore + 5)
    isOver = true
    await asking
    expect(Math.max(...rows, await total())).toBeLessThanOrEqual(MOST_ROWS)
    const waiting = await (await running.fetch('/api/v1/notifications?channel=ops')).json()
    expect(waiting).toMatchObject({ notifications: [{ state: 'gathering', alerts: kept() }] })
    expect(provider.received).toEqual([])
    // An hour is long for a test: it is told when it would have been due.
    const changed = await running.fetch('/api/v1/channels/ops', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rules: { groupSeconds: 0 } }),
    })
    expect(changed.ok).toBe(true)
    takeOne(BURST)
    await until(() => provider.received.length > 0, 30)
    const [first] = provider.received
    const body = JSON.parse(first?.body ?? '{}') as { total: number; items: unknown[] }
    expect(body.total).toBe(kept())
    expect(body.items.length).toBeLessThan(50)
    expect(provider.received).toHaveLength(1)
  },
)
