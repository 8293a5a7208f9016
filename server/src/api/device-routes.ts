/** Devices: list, detail, what people say of them, what other agents report. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Agents } from '../agents.ts'
import type { Audit } from '../auth/audit.ts'
import type { Device } from '../devices/device.ts'
import { createDeviceTest, sortKeyOf } from '../devices/device-query.ts'
import type { DeviceRisks } from '../devices/device-risks.ts'
import type { DeviceReport } from '../devices/device-report.ts'
import { addressOf, detailOf, rowOf } from '../devices/device-row.ts'
import { isStation } from '../devices/mac-kind.ts'
import type { Devices } from '../devices/devices.ts'
import type { App } from './app-types.ts'
import {
  changeBody,
  DEVICE_STATUSES,
  deviceDetailSchema,
  deviceSchema,
  reportBody,
  SORTS,
} from './device-schema.ts'
import { operation, STRICT } from './operation.ts'
import { compareKeys, pageOf, pageParams, pageSchema } from './paging.ts'
import { addressParam, readAddress } from './query-values.ts'
import { createSharedBodies } from './shared-body.ts'

const idParams = Type.Object({ id: Type.String({ maxLength: 64 }) })
const listQuery = Type.Object(
  {
    ...pageParams,
    sort: Type.Enum([...SORTS], { default: 'created_at' }),
    agent_id: Type.Optional(Type.String({ maxLength: 253 })),
    status: Type.Optional(Type.Enum([...DEVICE_STATUSES])),
    role: Type.Optional(Type.String({ maxLength: 40 })),
    mac: Type.Optional(Type.String({ maxLength: 17 })),
    ip: Type.Optional(addressParam),
    trusted: Type.Optional(Type.Boolean()),
    q: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  STRICT,
)

const LIST = operation({
  operationId: 'listDevices',
  tags: ['devices'],
  summary: 'Devices of the local networks; at most a second old.',
  querystring: listQuery,
  response: { 200: pageSchema('devices', deviceSchema) },
})
const GET = operation({
  operationId: 'getDevice',
  tags: ['devices'],
  summary: 'A device with addresses, names, services, evidence and bandwidth of the last day.',
  params: idParams,
  response: { 200: deviceDetailSchema },
})
const CHANGE = operation({
  operationId: 'changeDevice',
  tags: ['devices'],
  summary: 'Sets what people say of a device: name, role, note, whether it is trusted.',
  description: 'Empty texts and null take it back; what is not given stays.',
  params: idParams,
  body: changeBody,
  response: { 200: deviceDetailSchema },
})
const REPORT = operation({
  operationId: 'reportDevice',
  tags: ['devices'],
  summary: 'Registers or updates a device of a third-party agent.',
  description:
    'The same MAC, or without one the same address, of the same agent is the same device.',
  body: reportBody,
  response: { 200: deviceDetailSchema, 201: deviceDetailSchema },
})
const REMOVE = operation({
  operationId: 'removeDevice',
  tags: ['devices'],
  summary: 'Forgets a device, and what people said of it; it comes back once it is seen.',
  params: idParams,
  response: { 204: Type.Null() },
})

export interface DeviceRouteDeps {
  devices: Devices
  deviceRisks: Pick<DeviceRisks, 'of'>
  agents: Agents
  auth: { audit: Audit }
  /** Milliseconds since 1970. */
  wallClock(): number
  /** Milliseconds of a clock that never steps back. */
  now(): number
}

export const addDeviceRoutes = (
  app: App,
  { devices, deviceRisks, agents, auth, wallClock, now }: DeviceRouteDeps,
): void => {
  const bodies = createSharedBodies({ maxAgeMs: 1000, maxBodies: 64 }, { now })
  let version = devices.version

  const isKnown = ({ agent }: Device, connected: ReadonlySet<string>) => connected.has(agent)
  const connectedNames = () => new Set(agents.connected.map(({ name }) => name))

  const find = (id: string): Device => {
    const device = devices.find(id)
    if (!device) throw new NetscopeError('device.unknown', { id })
    return device
  }
  const detail = (device: Device) => {
    const nowMs = wallClock()
    const scores = deviceRisks.of(device, nowMs)
    return detailOf(device, nowMs, isKnown(device, connectedNames()), scores)
  }

  const page = (query: Static<typeof listQuery>) => {
    const { sort, limit, cursor, agent_id: agent, mac, ip, ...plain } = query
    const [nowMs, connected] = [wallClock(), connectedNames()]
    const filter = {
      ...plain,
      agent,
      mac: mac === undefined ? undefined : readMac(mac),
      ip: ip === undefined ? undefined : readAddress('ip', ip),
    }
    const isThere = (device: Device) => isKnown(device, connected)
    const test = createDeviceTest(filter, { nowMs, isKnown: isThere })
    const found = []
    for (const device of devices.all())
      if (test(device)) found.push({ device, key: sortKeyOf[sort](device, nowMs) })
    found.sort((a, b) => compareKeys(a.key, b.key))
    const { items, ...rest } = pageOf(found, { limit, cursor }, ({ key }) => key)
    const rows = items.map(({ device }) =>
      rowOf(device, nowMs, isThere(device), deviceRisks.of(device, nowMs)),
    )
    return JSON.stringify({ devices: rows, ...rest })
  }

  app.get('/api/v1/devices', { schema: LIST }, async (request, reply) => {
    // Who changes something sees it at once.
    if (version !== devices.version) bodies.forget()
    version = devices.version
    const { query } = request
    return bodies.send(request, reply, JSON.stringify(query), () => page(query))
  })

  app.get('/api/v1/devices/:id', { schema: GET }, async ({ params }) => detail(find(params.id)))

  app.patch('/api/v1/devices/:id', { schema: CHANGE }, async (request) => {
    const { params, body: after, principal, ip: from } = request
    const before = find(params.id).given
    const device = devices.give(params.id, after) as Device
    const target = targetOf(device)
    auth.audit.record({ principal, action: 'device.change', target, before, after, from })
    return detail(device)
  })

  app.post('/api/v1/devices', { schema: REPORT }, async ({ body }, reply) => {
    const before = devices.count
    const device = devices.report(body.agent_id, readReport(body))
    return reply.code(devices.count > before ? 201 : 200).send(detail(device))
  })

  app.delete('/api/v1/devices/:id', { schema: REMOVE }, async (request, reply) => {
    const { params, principal, ip: from } = request
    const device = find(params.id)
    devices.remove(params.id)
    const before = device.given
    auth.audit.record({
      principal,
      action: 'device.remove',
      target: targetOf(device),
      before,
      from,
    })
    return reply.code(204).send(null)
  })
}

/** Who it was, also once it is forgotten. */
const targetOf = (device: Device): string => [device.id, device.mac || addressOf(device)].join(' ')

const readMac = (text: string): string => {
  const digits = text.toLowerCase().replaceAll(/[^0-9a-f]/g, '')
  const mac = digits.match(/../g)?.join(':') ?? ''
  if (digits.length === 12 && isStation(mac)) return mac
  const reason = `${JSON.stringify(text)} is not the MAC address of a device.`
  throw new NetscopeError('device.invalid', { reason })
}

const readReport = (body: Static<typeof reportBody>): DeviceReport => {
  const { ip, mac } = body
  if (!ip && !mac) throw new NetscopeError('device.invalid', { reason: 'it has no address.' })
  const prefix = ip ? readAddress('ip', ip) : undefined
  if (prefix && prefix.length !== 128)
    throw new NetscopeError('device.invalid', { reason: `${prefix.text} is no single address.` })
  return {
    ip: prefix?.text,
    mac: mac ? readMac(mac) : undefined,
    hostname: body.hostname,
    vendor: body.vendor,
    status: body.status,
    txBps: body.bandwidth_tx_bps,
    rxBps: body.bandwidth_rx_bps,
    openPorts: body.open_ports,
    riskScore: body.risk_score ?? undefined,
    trustScore: body.trust_score ?? undefined,
  }
}
