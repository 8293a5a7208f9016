/** The packets of an alert: a real scan, and what tshark reads of its file with and without a capture ring. Needs root and tshark. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createLab, HERE, THERE, until, type Lab } from './lab.ts'
import { scan } from './response-peers.ts'

interface Alert {
  id: string
  detector: string
  src: string
  hasCapture?: boolean
  capture?: {
    packets: number
    packetsBefore: number
    firstAt: string
    lastAt: string
    lostPackets: number
    notes: string[]
  }
}
interface Row {
  timeMs: number
  src: string
  dst: string
  dstPort: string
  comment: string
}

/** Somebody else at the same machine, who does nothing. */
const BESIDE = '10.77.0.6'
/** The first port that the scan tries. */
const FIRST_PORT = '100'

let lab: Lab | undefined
afterEach(() => lab?.down(), 60_000)

const read = (path: string): Row[] => {
  const fields = ['frame.time_epoch', 'ip.src', 'ip.dst', 'tcp.dstport', 'frame.comment']
  const args = ['-n', '-r', path, '-T', 'fields', ...fields.flatMap((one) => ['-e', one])]
  const text = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [time = '', src = '', dst = '', dstPort = '', comment = ''] = line.split('\t')
      return { timeMs: Number(time) * 1000, src, dst, dstPort, comment }
    })
}

/** Scans the host, and returns the alert of it with the packets that were kept. */
const scanned = async (ringMegabytes: number): Promise<{ alert: Alert; rows: Row[] }> => {
  const made = createLab()
  lab = made
  made.up()
  made.there(`ip addr add ${BESIDE}/24 dev ${THERE.interface}`)
  await made.netscope({
    NETSCOPE_AGENT_CAPTURE_RING_MEGABYTES: String(ringMegabytes),
    NETSCOPE_ALERTS_CAPTURE_SEVERITY: '1',
    NETSCOPE_ALERTS_CAPTURE_SECONDS: '2',
  })
  // Both talk all the time, so that there are packets after the alert too, and of others.
  for (const address of [THERE.v4, BESIDE])
    made.startThere(`ping -q -i 0.2 -w 90 -I ${address} ${HERE.v4}`)
  scan(made.startThere, THERE.v4, HERE.v4)
  const ask = (path: string) => JSON.parse(made.get(path)) as { alerts: Alert[] } & Alert
  const { alerts } = await until(
    () => ask('/api/v1/alerts?detector=scan'),
    (answer) => answer.alerts.length > 0,
    30,
  )
  expect(alerts.map(({ src }) => src)).toEqual([THERE.v4])
  const alert = await until(
    () => ask(`/api/v1/alerts/${alerts[0]!.id}`),
    ({ capture }) => capture !== undefined,
    30,
  )
  const path = join(made.folder, 'alert.pcapng')
  made.here(`${made.curl} -sf -o ${path} http://127.0.0.1:8086/api/v1/alerts/${alert.id}/capture`)
  return { alert, rows: read(path) }
}

/** What has to hold of each file: it is of the source alone, in order, and told as it is. */
const check = ({ capture }: Alert, rows: Row[]): { askedMs: number } => {
  expect(capture).toMatchObject({ packets: rows.length, lostPackets: 0 })
  for (const { src, dst } of rows) expect([src, dst]).toContain(THERE.v4)
  // All on one machine: CPUs differ by little.
  rows.forEach(({ timeMs }, i) => expect(timeMs).toBeGreaterThan((rows[i - 1]?.timeMs ?? 0) - 50))
  const times = rows.map(({ timeMs }) => timeMs)
  expect(Math.abs(Date.parse(capture!.firstAt) - Math.min(...times))).toBeLessThan(2)
  expect(Math.abs(Date.parse(capture!.lastAt) - Math.max(...times))).toBeLessThan(2)
  const asked = /^Asked for at (\S+Z)\./.exec(capture!.notes[0] ?? '')?.[1]
  const askedMs = Date.parse(asked ?? '')
  expect(rows.filter(({ timeMs }) => timeMs > askedMs).length).toBeGreaterThan(0)
  return { askedMs }
}

test('with a capture ring the packets of an alert begin with those that made it one', async () => {
  const { alert, rows } = await scanned(8)
  const { askedMs } = check(alert, rows)
  expect(alert.capture!.notes.join(' ')).toContain('The capture ring of ')
  const before = rows.filter(({ timeMs }) => timeMs < askedMs)
  expect(before).toHaveLength(alert.capture!.packetsBefore)
  const first = before.filter(({ dstPort }) => dstPort === FIRST_PORT)
  expect(first).toHaveLength(1)
  expect(first[0]!.comment).toMatch(/10\.77\.0\.2:\d+ > 10\.77\.0\.1:100 TCP flow /)
  const { captureRing } = lab!.status()
  expect(captureRing).toMatchObject({ bytes: 8 << 20, snapLength: 128, lostPackets: 0 })
  expect(captureRing!.packets).toBeGreaterThan(rows.length)
}, 240_000)

test('without one they begin after it, and that is said', async () => {
  const { alert, rows } = await scanned(0)
  const { askedMs } = check(alert, rows)
  expect(alert.capture!.packetsBefore).toBe(0)
  expect(alert.capture!.notes.join(' ')).toContain('it keeps no capture ring')
  expect(Math.min(...rows.map(({ timeMs }) => timeMs))).toBeGreaterThanOrEqual(askedMs)
  expect(rows.filter(({ dstPort }) => dstPort === FIRST_PORT)).toEqual([])
  expect(lab!.status().captureRing).toBeUndefined()
}, 240_000)
