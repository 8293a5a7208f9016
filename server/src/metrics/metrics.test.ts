/** Tests of /metrics: the whole text, the names that others rely on, and promtool's opinion. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hello } from '@netscope/core/wire.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeStatus } from '../fakes/fake-status.ts'
import { flowRecord, packetEvent } from '../fakes/flow-record.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer
beforeEach(async () => {
  running = await startServer()
})
afterEach(() => running.stop())

const scrape = async () => (await running.server.app.inject('/metrics')).body

const connected = async (status = fakeStatus(), hello: Partial<Hello> = {}) => {
  const agent = running.agent(hello)
  await agent.start()
  agent.flows([flowRecord({ slot: 1 }), flowRecord({ slot: 2, end: 1 })])
  agent.status({ ...status, tcp: { ...status.tcp!, sentBytes: 4000, receivedBytes: 1000 } })
  // Begins after the first status, so that its series begins with it.
  const now = { firstNs: 1.8e18, lastNs: 1.8e18, srcRttUs: 1500, srcRttSamples: 3 }
  agent.flows([
    flowRecord({ slot: 3, dst: '2001:db8::2', srcSent: 600, srcReceived: 6000, ...now }),
  ])
  agent.events([packetEvent()])
  const seq = agent.status(status)
  await until(() => agent.acked >= seq)
  await until(async () => /^netscope_uplink_pending_commands 0$/m.test(await scrape()))
  return agent
}

/** Values that differ from run to run. */
const VARYING =
  /^(netscope_server_(resident_memory_bytes|cpu_seconds_total|event_loop_delay_max_seconds|start_time_seconds)|netscope_uplink_(received_bytes|frames)_total) .*$/gm

const GOLDEN = join(import.meta.dirname, 'fixtures', 'metrics.txt')

test('writes what the golden file says (UPDATE_GOLDEN=1 writes it anew)', async () => {
  const agent = await connected()
  const text = (await scrape()).replace(VARYING, '$1 (varies)')
  if (process.env['UPDATE_GOLDEN']) writeFileSync(GOLDEN, text)
  expect(text).toBe(readFileSync(GOLDEN, 'utf8'))
  await agent.stop()
})

const promtool = (text: string) => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  })
  return { status, said: stdout + stderr }
}

/** A name from outside, which promtool wants in seconds whatever its type. */
const UNIT = 'network_observability_tcp_rtt_avg_nanoseconds'
const withoutForeignUnit = (text: string) =>
  text.replaceAll(new RegExp(`^(# (HELP|TYPE) )?${UNIT}.*\\n`, 'gm'), '')

test('is clean to promtool, without an agent, with one, and with strange names', async () => {
  expect(promtool(withoutForeignUnit(await scrape()))).toEqual({ status: 0, said: '' })
  const agent = await connected(
    fakeStatus({ programs: [{ name: 'in"gr\\ess\n', runs: 1, runNs: 1 }] }),
  )
  expect(promtool(withoutForeignUnit(await scrape()))).toEqual({ status: 0, said: '' })
  await agent.stop()
  expect(promtool(withoutForeignUnit(await scrape()))).toEqual({ status: 0, said: '' })
})

test('promtool finds nothing but the unit of the name from outside', async () => {
  const agent = await connected()
  const said = `${UNIT} use base unit "seconds" instead of "nanoseconds"\n`
  expect(promtool(await scrape())).toEqual({ status: 3, said })
  await agent.stop()
})

test('keeps the budget of the configuration, and what is counted adds up', async () => {
  const small = await startServer({}, { seriesBudget: 3, foldClientPorts: false })
  const agent = small.agent()
  await agent.start()
  const tcp = fakeStatus().tcp!
  agent.status(fakeStatus({ tcp }))
  const records = Array.from({ length: 9 }, (_, slot) =>
    flowRecord({ slot, srcPort: 1000 + slot, srcSent: 100 * (slot + 1), firstNs: 1.8e18 }),
  )
  agent.flows(records)
  const seq = agent.status(fakeStatus({ tcp: { ...tcp, sentBytes: tcp.sentBytes + 4500 } }))
  await until(() => agent.acked >= seq)
  const { body } = await small.server.app.inject('/metrics')
  const lines = [
    ...body.matchAll(/^network_observability_tcp_bytes_sent_total{.*src_port="(.*?)".*} (\d+)$/gm),
  ]
  expect(lines.map(([, port, value]) => [port, Number(value)])).toEqual([
    ['1008', 900],
    ['1007', 800],
    ['other', tcp.sentBytes + 2800],
  ])
  await agent.stop()
  await small.stop()
})

test('counters keep their last value while the agent is away; rates of now are gone', async () => {
  const agent = await connected()
  expect(await scrape()).toMatch(/^ntc_packets_per_second 12.5$/m)
  await agent.stop()
  await until(async () => /^netscope_agent_connected{agent="host-a"} 0$/m.test(await scrape()))
  const text = await scrape()
  expect(text).not.toMatch(/^ntc_packets_per_second /m)
  expect(text).not.toMatch(/^ntc_ip_syn_count{/m)
  expect(text).toMatch(/^ntc_packets_total{proto="TCP",direction="INGRESS",action="PASS"} 100$/m)
})

test('labels the ten addresses with the most packets', async () => {
  const topIps = Array.from({ length: 30 }, (_, i) => ({
    ip: `10.0.0.${i}`,
    packetsPerSecond: i,
    bytesPerSecond: 0,
    uniqueDstPorts: 1,
    synCount: 0,
    synAckCount: 0,
  }))
  const agent = await connected(fakeStatus({ topIps }))
  const labels = [...(await scrape()).matchAll(/^ntc_ip_packets_per_second{ip="([^"]+)"}/gm)].map(
    ([, ip]) => ip,
  )
  expect(labels).toEqual([29, 28, 27, 26, 25, 24, 23, 22, 21, 20].map((i) => `10.0.0.${i}`))
  await agent.stop()
})

test('adds up the totals of several agents', async () => {
  const agents = [await connected(), running.agent({ agent: 'host-b' })]
  await agents[1]!.start()
  agents[1]!.status(fakeStatus())
  await until(async () => /^ntc_bytes_total{proto="TCP"} 15000$/m.test(await scrape()))
  await Promise.all(agents.map((agent) => agent.stop()))
})
