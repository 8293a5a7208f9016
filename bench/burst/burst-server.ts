/** A server with a channel that gets a burst of detections, alone in its process: commands `channel URL` and `burst PER_SECOND SECONDS`. */
import { createInterface } from 'node:readline'
import { startServer } from '@netscope/server/fakes/running-server.ts'
import { madeUpDetection } from '@netscope/server/fakes/made-up-detection.ts'

const running = await startServer({}, {}, {}, { allow: ['127.0.0.1'] })
const { server, token } = running
console.log(JSON.stringify({ url: server.url(), token }))

const STEP_MS = 10
const detection = (i: number) => {
  const ip = `20.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`
  const nowMs = Date.now()
  return madeUpDetection({
    ...{ id: `burst-${i}`, severity: 70, label: 'high', source: { ip } },
    ...{ firstMs: nowMs, lastMs: nowMs, suppressionKey: `burst ${ip}`, state: 'ended' },
  })
}

/** As many as are due at each moment, whatever the loop was busy with before. */
const burst = (perSecond: number, seconds: number): Promise<number> =>
  new Promise((resolve) => {
    const startMs = performance.now()
    let made = 0
    const timer = setInterval(() => {
      const passed = Math.min(seconds, (performance.now() - startMs) / 1000)
      while (made < passed * perSecond) server.alerts.take(detection(made++))
      if (passed < seconds) return
      clearInterval(timer)
      resolve(made)
    }, STEP_MS)
  })

let peak = 0
setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50)
const figures = () => {
  const { user, system } = process.cpuUsage()
  const { counts } = server.alerts
  return { rss: process.memoryUsage.rss(), peak, cpuSeconds: (user + system) / 1e6, counts }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, first = '', second = ''] = line.split(' ')
  if (command === 'channel')
    await running.fetch('/api/v1/channels', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ name: 'bench', kind: 'webhook', rules: { groupSeconds: Number(second) } },
        settings: { url: first, secret: 'of-the-benchmark-only' },
      }),
    })
  const made = command === 'burst' ? await burst(Number(first), Number(second)) : 0
  console.log(JSON.stringify({ made, ...figures() }))
}
await running.stop()
process.exit(0)
