/** Tests of devices and addresses over HTTP, with an agent on a real socket. */
import { FRAME } from '@netscope/core/wire.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { said } from '../devices/book-rig.ts'
import { flowRecord } from '../fakes/flow-record.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'
import type { FakeAgent } from '../fakes/fake-agent.ts'

const PHONE = '3c:22:fb:00:00:01'

let running: RunningServer
let agent: FakeAgent
beforeEach(async () => {
  running = await startServer()
  agent = running.agent()
  await agent.start()
})
afterEach(async () => {
  await agent.stop()
  await running.stop()
})

type Json = Record<string, unknown>
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: Json) => {
  const answer = await running.server.app.inject({
    method,
    url,
    ...(body && { payload: body }),
  })
  return {
    status: answer.statusCode,
    json: (answer.body === '' ? {} : JSON.parse(answer.body)) as Json,
    headers: answer.headers,
  }
}
const list = async (query = '') =>
  (await call('GET', `/api/v1/devices${query}`)).json as unknown as {
    devices: Json[]
    total: number
    nextCursor?: string
  }
let frames = 0
const observe = (...observations: object[]) =>
  agent.frame(FRAME.observations, 1000 + ++frames, Buffer.from(JSON.stringify({ observations })))
const report = (body: Json) => call('POST', '/api/v1/devices', { agent_id: 'other', ...body })

test('what hosts say becomes devices with the fields that other programs read', async () => {
  agent.flows([
    flowRecord({ src: '192.168.1.20', dst: '192.168.1.9', dstPort: 443, synAck: 1, path: 1 }),
  ])
  observe(said.lease(PHONE, '192.168.1.20', { hostName: 'phone' }))
  const { devices } = await until(async () => {
    const page = await list(`?q=192.168.1&limit=${100 + ++frames}`)
    return page.total === 2 ? page : undefined
  })
  const phone = devices.find(({ mac }) => mac === PHONE)
  expect(phone).toMatchObject({
    ip: '192.168.1.20',
    hostname: 'phone',
    vendor: 'Apple, Inc.',
    agent_id: 'host-a',
    status: 'online',
    open_ports: [],
    risk_score: null,
    trust_score: null,
    randomized_mac: false,
    interface: 'eth0',
  })
  const required =
    'id, ip, mac, hostname, vendor, agent_id, status, bandwidth_tx_bps, bandwidth_rx_bps, open_ports, risk_score, trust_score, last_seen, created_at'
  expect(Object.keys(phone ?? {})).toEqual(expect.arrayContaining(required.split(', ')))
  expect(devices.find(({ ip }) => ip === '192.168.1.9')).toMatchObject({ open_ports: [443] })
})

test('a device has its evidence, addresses and names', async () => {
  observe(
    said.arp(PHONE, '192.168.1.1'),
    said.neighbor(PHONE, 'fe80::1'),
    said.advertisement(PHONE, 'fe80::1'),
    said.mdns(PHONE, '192.168.1.1', { name: 'gate.local', service: '_smb._tcp' }),
  )
  const { devices } = await until(async () => {
    const page = await list(`?role=router&limit=${100 + ++frames}`)
    return page.total === 1 ? page : undefined
  })
  const { json } = await call('GET', `/api/v1/devices/${String(devices[0]?.['id'])}`)
  expect(json).toMatchObject({
    role: 'router',
    roles: ['router', 'file server'],
    names: [{ source: 'mdns', name: 'gate.local' }],
    addresses: [{ ip: '192.168.1.1' }, { ip: 'fe80::1' }],
    services: [{ type: '_smb._tcp', instance: 'one' }],
    evidence: [
      { role: 'router', detail: 'sends router advertisements' },
      { role: 'file server', detail: 'offers _smb._tcp' },
    ],
    bandwidth: [],
  })
})

test('people name a device and judge it, and see it at once', async () => {
  const { json } = await report({ mac: PHONE, ip: '192.168.1.20' })
  const url = `/api/v1/devices/${String(json['id'])}`
  await list()
  const given = { name: "Ann's phone", role: 'phone', note: 'second floor', trusted: true }
  expect((await call('PATCH', url, given)).json).toMatchObject(given)
  expect((await list()).devices[0]).toMatchObject({ name: "Ann's phone", trusted: true })
  expect((await call('PATCH', url, { name: '', trusted: null })).json).toMatchObject({
    name: '',
    role: 'phone',
    trusted: null,
  })
  const { entries } = (await call('GET', '/api/v1/audit')).json as { entries: Json[] }
  expect(entries.slice(0, 2)).toMatchObject([
    { action: 'device.change', target: `${String(json['id'])} ${PHONE}`, before: given },
    { action: 'device.change', after: given },
  ])
})

test.each([
  ['nothing', {}],
  ['a name with a line end', { name: 'a\nb' }],
  ['a field that there is not', { colour: 'red' }],
  ['a name that is too long', { name: 'a'.repeat(101) }],
])('a change of %s is refused', async (_what, body) => {
  const { json } = await report({ mac: PHONE })
  expect((await call('PATCH', `/api/v1/devices/${String(json['id'])}`, body)).status).toBe(400)
})

test('a third-party agent registers a device, and updates it', async () => {
  const first = await report({
    mac: '3C-22-FB-00-00-01',
    ip: '192.168.1.20',
    hostname: 'phone',
    vendor: 'Maker',
    status: 'online',
    bandwidth_tx_bps: 100,
    bandwidth_rx_bps: 200,
    open_ports: [80, 22],
    risk_score: 12.5,
    trust_score: null,
  })
  expect(first.status).toBe(201)
  expect(first.json).toMatchObject({
    mac: PHONE,
    hostname: 'phone',
    agent_id: 'other',
    status: 'online',
    bandwidth_tx_bps: 100,
    bandwidth_rx_bps: 200,
    open_ports: [22, 80],
    risk_score: 12.5,
    trust_score: null,
  })
  const second = await report({ mac: PHONE, hostname: 'renamed' })
  expect(second.status).toBe(200)
  expect(second.json).toMatchObject({
    id: first.json['id'],
    hostname: 'renamed',
    ip: '192.168.1.20',
  })
})

test.each([
  ['no address', {}],
  ['a prefix', { ip: '192.168.1.0/24' }],
  ['no MAC address', { mac: '3c:22' }],
  ["a group's MAC address", { mac: '01:00:5e:00:00:01' }],
  ['a port that there is not', { ip: '192.168.1.9', open_ports: [70_000] }],
  ['an agent whose name is a path', { ip: '192.168.1.9', agent_id: '../x' }],
])('a report with %s is refused', async (_what, body) => {
  expect((await report(body)).status).toBe(400)
  expect((await list()).total).toBe(0)
})

test('pages follow each other without gap or repetition, in each order', async () => {
  for (let i = 1; i <= 25; i++)
    await report({ ip: `192.168.1.${i}`, hostname: `h${i % 7}`, bandwidth_tx_bps: i % 5 })
  for (const sort of ['created_at', '-last_seen', '-bandwidth', 'hostname', 'ip']) {
    const seen: unknown[] = []
    let cursor: string | undefined = ''
    while (cursor !== undefined) {
      const page: Awaited<ReturnType<typeof list>> = await list(
        `?sort=${sort}&limit=7${cursor ? `&cursor=${cursor}` : ''}`,
      )
      expect(page.total).toBe(25)
      seen.push(...page.devices.map(({ ip }) => ip))
      cursor = page.nextCursor
    }
    expect(new Set(seen).size).toBe(25)
    if (sort === 'ip')
      expect(seen.slice(0, 3)).toEqual(['192.168.1.1', '192.168.1.2', '192.168.1.3'])
  }
})

test('filters by agent, address, MAC, status and words', async () => {
  await report({ mac: PHONE, ip: '192.168.1.20', hostname: 'phone' })
  await report({ ip: '192.168.2.20', status: 'offline', agent_id: 'third' })
  const ips = async (query: string) => (await list(query)).devices.map(({ ip }) => ip)
  expect(await ips('?agent_id=third')).toEqual(['192.168.2.20'])
  expect(await ips('?ip=192.168.1.0/24')).toEqual(['192.168.1.20'])
  expect(await ips('?mac=3C:22:FB:00:00:01')).toEqual(['192.168.1.20'])
  expect(await ips('?q=PHONE')).toEqual(['192.168.1.20'])
  expect(await ips('?status=unknown')).toEqual([])
  expect((await call('GET', '/api/v1/devices?mac=x')).status).toBe(400)
  expect((await call('GET', '/api/v1/devices?cursor=x')).status).toBe(400)
})

test('a list that has not changed is not sent again', async () => {
  const first = await call('GET', '/api/v1/devices')
  const etag = String(first.headers['etag'])
  const again = await running.server.app.inject({
    url: '/api/v1/devices',
    headers: { 'if-none-match': etag },
  })
  expect([again.statusCode, again.body]).toEqual([304, ''])
})

test('a device is forgotten, and what is not there is said so', async () => {
  const { json } = await report({ mac: PHONE })
  const url = `/api/v1/devices/${String(json['id'])}`
  expect((await call('DELETE', url)).status).toBe(204)
  expect((await call('GET', url)).status).toBe(404)
  expect((await call('PATCH', url, { name: 'x' })).status).toBe(404)
  expect((await call('DELETE', url)).status).toBe(404)
})

test('devices whose agent has gone are unknown', async () => {
  observe(said.arp(PHONE, '192.168.1.20'))
  await until(async () => (await list(`?limit=${100 + ++frames}`)).total === 1)
  await agent.stop()
  await until(async () => {
    const { devices } = await list(`?limit=${100 + ++frames}`)
    return devices[0]?.['status'] === 'offline' || devices[0]?.['status'] === 'unknown'
  })
})

test('says to whom an address belongs', async () => {
  const { json } = await report({ mac: PHONE, ip: '198.51.100.7', hostname: 'phone' })
  expect((await call('GET', '/api/v1/addresses/198.51.100.7')).json).toMatchObject({
    feeds: [],
    network: 'office',
    special: 'documentation',
    country: '',
    asn: 0,
    device: { id: json['id'], name: 'phone', mac: PHONE },
  })
  expect((await call('GET', '/api/v1/addresses/2001:4860:4860::8888')).json).toMatchObject({
    network: '',
    special: '',
    country: 'US',
    asn: 15_169,
    device: null,
    databases: [
      { kind: 'country', date: '2026-06-17' },
      { kind: 'asn', date: '2026-06-17' },
    ],
  })
  expect((await call('GET', '/api/v1/addresses/10.0.0.0%2F8')).status).toBe(400)
  expect((await call('GET', '/api/v1/addresses/localhost')).status).toBe(400)
})

test('observations that are none close the connection of the agent', async () => {
  agent.frame(FRAME.observations, 5000, Buffer.from('{"observations":[{"kind":"arp"}]}'))
  await until(() => agent.closed)
})

test('flows say to whom their sides belong', async () => {
  agent.flows([flowRecord({ src: '198.51.100.7', dst: '8.8.8.8' })])
  const [flow] = await until(async () => {
    const { json } = await call('GET', '/api/v1/flows')
    const flows = json['flows'] as Json[]
    // The databases are read when the first address is asked for.
    return flows[0]?.['dstAsn'] ? flows : undefined
  })
  expect(flow).toMatchObject({
    srcNetwork: 'office',
    srcCountry: '',
    srcAsn: 0,
    dstNetwork: '',
    dstCountry: 'US',
    dstAsn: 15_169,
  })
  expect(flow?.['dstAsName']).toMatch(/google/i)
})
