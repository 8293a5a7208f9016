/** How calm the anomaly detector is: `bin/node bench/iforest/calm.ts SEED...`, ten made-up devices for eight days each. */
import { detectSection, type DetectSection } from '@netscope/core/config/detect.ts'
import { anomalyKind } from '@netscope/detect/anomaly/anomaly.ts'
import { createRandom } from '@netscope/detect/anomaly/random.ts'
import { flowStep, START_MS } from '@netscope/detect/fakes/detector-rig.ts'

const WINDOW_MS = 300_000
const DAY = 288
const settings = Object.fromEntries(
  Object.entries(detectSection.properties).map(([name, key]) => [name, key.default]),
) as DetectSection

const run = (seed: number): void => {
  const titles: string[] = []
  const scores: number[] = []
  const detector = anomalyKind.create(settings, {
    isLocal: (address) => address.startsWith('10.'),
    isOwn: () => false,
    report: ({ title }) => titles.push(title),
    scored: ({ score }) => score !== undefined && scores.push(score),
  })
  const { next, below } = createRandom(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  const devices = Array.from({ length: 10 }, (_, i) => ({
    src: `10.0.0.${i + 2}`,
    load: Math.exp(normal()),
    sleeps: next() < 0.6,
    peers: 5 + below(60),
    spread: 0.5 + next(),
  }))
  const flow = (src: string, peers: number, startMs: number): void => {
    const bytes = Math.exp(7 + 2 * normal())
    const isAnswered = next() >= 0.03
    const dstPort = next() < 0.2 ? 53 : next() < 0.95 ? 443 : 1024 + below(60_000)
    const isNew = next() < 0.03
    detector.flow!(
      flowStep({
        timeMs: startMs + below(WINDOW_MS - 1000),
        src,
        dst: isNew
          ? `203.0.${below(200)}.${below(250)}`
          : `198.51.100.${Math.floor(peers * next() ** 2)}`,
        dstPort,
        protocol: dstPort === 53 ? 17 : 6,
        direction: 'outbound',
        srcSyn: dstPort === 53 ? 0 : 1,
        srcPackets: 5 + Math.floor(bytes / 3000),
        srcBytes: 300 + bytes * 0.08,
        dstPackets: isAnswered ? 5 + Math.floor(bytes / 1200) : 0,
        dstBytes: isAnswered ? bytes : 0,
        dstSynAck: isAnswered ? 1 : 0,
      }),
    )
  }
  detector.tick!(START_MS)
  for (let window = 0; window < 8 * DAY; window++) {
    const startMs = START_MS + window * WINDOW_MS
    const daylight = Math.max(0.02, Math.sin((Math.PI * ((window % DAY) / 12 - 6)) / 14))
    for (const { src, load, sleeps, peers, spread } of devices) {
      const burst = next() < 0.02 ? Math.exp(2 * next()) : 1
      const busy = Math.exp(2 + spread * normal()) * load * (sleeps ? daylight : 1) * burst
      for (let count = Math.floor(busy); count > 0; count--) flow(src, peers, startMs)
    }
    for (let tick = 1; tick <= 12; tick++) detector.tick!(startMs + tick * 25_000)
  }
  const sorted = scores.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(3)
  console.log(
    `seed ${seed}: ${titles.length} detections in ${scores.length} judged windows; scores: median ${at(0.5)}, 99 % ${at(0.99)}, 99.9 % ${at(0.999)}, most ${at(1)}`,
  )
  for (const title of titles) console.log(`  ${title}`)
}

for (const seed of process.argv.slice(2)) run(Number(seed))
