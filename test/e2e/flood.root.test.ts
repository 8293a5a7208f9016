/** A SYN flood of forged sources: one alert, a few records a second, no packet lost, and others keep their records. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ethernet, ip, tcp, TCP_FLAGS } from '../../agent/src/mock/packet.ts'
import { createLab, HERE, sleep, THERE, until } from './lab.ts'

const PORT = 8090
const [PER_SECOND, SECONDS] = [20_000, 10]
const [FEW_PER_SECOND, FEW_SECONDS] = [1500, 6]
/** Between both floods. */
const PAUSE_MS = 40_000
const FORGED = '100.64.0.0/10'
const CONNECTIONS = 30
/** `flows.condenseAbove`, of each flood: they are told of as flows, when they begin and when they end. */
const SINGLES = 500
const IDLE_SECONDS = 5
/** What the entries of the flow table take when they are touched first, kernel's and agent's, and some for the heap. */
const TABLE_MB = 200

interface Alert {
  detector: string
  count: number
  title: string
  evidence: { facts: { name: string; value: number | string }[] }
}
interface Top {
  rows: { key: number | string; packets: number; flows: number; bytes: number }[]
}

describe('a flood of forged sources', () => {
  const lab = createLab()
  const hex = Buffer.from(
    ethernet(
      ip(
        { src: '100.64.0.0', dst: HERE.v4 },
        tcp({ srcPort: 1024, dstPort: PORT, flags: TCP_FLAGS.syn }),
      ),
    ),
  ).toString('hex')
  beforeAll(async () => {
    lab.up()
    await lab.netscope({ NETSCOPE_FLOWS_TCP_IDLE_SECONDS: String(IDLE_SECONDS) })
    const node = join(import.meta.dirname, '../../bin/node')
    lab.startHere(
      `${node} -e 'require("http").createServer((q, a) => a.end("ok")).listen(${PORT}, "${HERE.v4}")'`,
    )
    await until(
      () => lab.here('ss -tlnH'),
      (text) => text.includes(`:${PORT}`),
    )
  }, 180_000)
  afterAll(() => lab.down(), 60_000)

  const flood = (perSecond: number, seconds: number, from: number) => {
    const child = lab.startThere(
      `perl ${join(import.meta.dirname, 'send-flood.pl')} ${THERE.interface} ${hex} ${perSecond} ${seconds} ${from}`,
    )
    return new Promise<number>((resolve, reject) =>
      child.once('exit', (code) =>
        code === 0 ? resolve(perSecond * seconds) : reject(new Error(`perl ended with ${code}`)),
      ),
    )
  }
  const alerts = () =>
    (JSON.parse(lab.get('/api/v1/alerts?limit=1000&state=all')) as { alerts: Alert[] }).alerts
  const records = () =>
    Number(
      /^netscope_uplink_flow_records_total (\d+)/m.exec(lab.get('/metrics'))?.[1] ?? Number.NaN,
    )
  const top = (filter: string): Top['rows'][number] =>
    (
      JSON.parse(
        lab.get(
          `/api/v1/flows/top?by=dst&limit=1&measure=packets&filter=${encodeURIComponent(filter)}`,
        ),
      ) as Top
    ).rows[0] ?? { key: '', packets: 0, flows: 0, bytes: 0 }
  const residentMb = (program: string) =>
    lab
      .pids(program)
      .map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]))
      .reduce((sum, kb) => sum + kb / 1024, 0)
  const synIn = () =>
    lab
      .status()
      .totals.filter(({ protocol, direction }) => protocol === 'TCP' && direction === 'INGRESS')
      .reduce((sum, { packets }) => sum + packets, 0)
  const ours = `dst = ${HERE.v4} and dstPort = ${PORT}`

  it('is one alert and a few records a second; no packet is lost and no connection hidden', async () => {
    const before = { records: records(), totals: synIn(), agent: residentMb('agent/src/main.ts') }
    const flooding = flood(PER_SECOND, SECONDS, 0)
    for (let i = 0; i < CONNECTIONS; i++) {
      expect(lab.there(`curl -s -m 20 http://${HERE.v4}:${PORT}/`)).toBe('ok')
      await sleep(200)
    }
    const sent = await flooding
    const [first] = await until(alerts, (all) => all.length > 0)
    expect(first).toMatchObject({ detector: 'syn-flood' })
    const stored = await until(
      () => top(`${ours} and src in ${FORGED}`).packets + top(`${ours} and condensed > 0`).packets,
      (packets) => packets >= sent,
      40,
    )
    const after = { records: records(), totals: synIn(), agent: residentMb('agent/src/main.ts') }
    const perSecond = (after.records - before.records) / SECONDS
    console.log(
      `${sent} forged sources: ${after.records - before.records} records, ${perSecond.toFixed(0)} per second of the flood; agent ${before.agent.toFixed(0)} → ${after.agent.toFixed(0)} MB`,
    )
    expect(stored).toBe(sent)
    expect(after.totals - before.totals).toBeGreaterThanOrEqual(sent)
    expect(lab.status().flowTable.overflowPackets).toBe(0)
    expect(top(`${ours} and src in ${FORGED}`).flows).toBeLessThan(4 * SINGLES)
    expect(after.records - before.records).toBeLessThan(sent / 20)
    expect(after.agent - before.agent).toBeLessThan(TABLE_MB)
    const connections = `${ours} and src = ${THERE.v4} and handshake = complete`
    await until(
      () => top(connections).flows,
      (flows) => flows >= CONNECTIONS,
      30,
    )
    expect(top(connections).flows).toBe(CONNECTIONS)
    const all = alerts()
    expect(all.map(({ detector }) => detector)).toEqual(['syn-flood'])
    const facts = new Map(all[0]!.evidence.facts.map(({ name, value }) => [name, Number(value)]))
    expect(facts.get('sources')).toBeGreaterThan(0.85 * sent)
    expect(facts.get('sources')).toBeLessThan(1.15 * sent)
    expect(all[0]!.count).toBeGreaterThan(0.95 * sent)
  })

  it('is found again when it comes back smaller', async () => {
    await sleep(PAUSE_MS)
    const residentBefore = residentMb('agent/src/main.ts')
    const before = alerts().reduce((sum, { count }) => sum + count, 0)
    const sent = await flood(FEW_PER_SECOND, FEW_SECONDS, 1_000_000)
    const after = await until(
      () => alerts().reduce((sum, { count }) => sum + count, 0),
      (count) => count > before + sent / 2,
      20,
    )
    console.log(`a second flood of ${sent}: the alerts' count rose by ${after - before}`)
    expect(residentMb('agent/src/main.ts') - residentBefore).toBeLessThan(30)
    expect(new Set(alerts().map(({ detector }) => detector))).toEqual(new Set(['syn-flood']))
  })
})
