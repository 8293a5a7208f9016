/** Devices of the made-up network, as the API gives them. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

const MINUTE_MS = 60_000
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString()

const device = (id: number, given: object) => ({
  id: `d${id}`,
  ip: `192.168.1.${id}`,
  mac: `3c:22:fb:00:00:${String(id).padStart(2, '0')}`,
  hostname: '',
  vendor: 'Apple, Inc.',
  agent_id: 'fake',
  status: 'online',
  bandwidth_tx_bps: 0,
  bandwidth_rx_bps: 0,
  open_ports: [] as number[],
  risk_score: null,
  trust_score: null,
  last_seen: ago(3000),
  created_at: ago(86_400_000),
  name: '',
  role: '',
  roles: [] as string[],
  trusted: null,
  randomized_mac: false,
  interface: 'eth0',
  vlan: 0,
  note: '',
  names: [] as object[],
  addresses: [
    { ip: `192.168.1.${id}`, first_seen: ago(9e6), last_seen: ago(3000), previous_mac: '' },
  ],
  ports: [] as object[],
  services: [] as object[],
  evidence: [] as object[],
  bandwidth: [] as object[],
  scores: {
    risk_arithmetic: 'no source knows anything: unknown',
    trust_arithmetic: 'it was not watched for a day yet: unknown',
    sources: [] as object[],
  },
  ...given,
})

const network = () => [
  device(1, {
    hostname: 'gateway.lan',
    role: 'router',
    roles: ['router', 'DHCP server'],
    open_ports: [53, 80, 443],
    bandwidth_tx_bps: 4_200_000,
    bandwidth_rx_bps: 800_000,
    evidence: [
      { role: 'router', detail: 'named by the DHCP server 192.168.1.1', last_seen: ago(60_000) },
    ],
    ports: [{ protocol: 'TCP', port: 443, first_seen: ago(9e6), last_seen: ago(1000) }],
    bandwidth: Array.from({ length: 50 }, (_, i) => ({
      time: ago((50 - i) * 5 * MINUTE_MS),
      tx_bps: 1e6 + 5e5 * Math.sin(i / 5),
      rx_bps: 3e5 + 2e5 * Math.cos(i / 7),
    })),
  }),
  device(20, { hostname: 'phone', vendor: '', randomized_mac: true }),
  device(30, { hostname: 'printer.local', role: 'printer', roles: ['printer'], status: 'offline' }),
]

/** A day of the first one, with one window that was unusual; the others are being learned. */
const scoresOf = (id: string) =>
  Array.from({ length: id === 'd1' ? 280 : 1 }, (_, i) => ({
    time: ago((280 - i) * 5 * MINUTE_MS),
    ip: '192.168.1.1',
    score: id === 'd1' ? (i === 200 ? 0.71 : 0.4 + 0.05 * Math.sin(i / 9)) : null,
    class_score: null,
    class: 'router',
    learned: id === 'd1' ? 1400 : 120,
    needed: 288,
    unusual: i === 200,
  }))

export const createFakeDevices = () => {
  const devices = network()
  const json = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  return {
    devices,
    /** Answers GET /api/v1/devices, and GET and PATCH of one, and its scores. */
    async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
      const id = url.pathname.split('/')[4]
      if (id === undefined) {
        const [q, status] = ['q', 'status'].map((name) => url.searchParams.get(name) ?? '')
        const found = devices.filter(
          (one) => JSON.stringify(one).includes(q ?? '') && (!status || one.status === status),
        )
        return json(response, 200, { total: found.length, devices: found })
      }
      const found = devices.find((one) => one.id === id)
      if (!found) return json(response, 404, { status: 404, detail: `There is no device ${id}.` })
      if (url.pathname.endsWith('/scores')) return json(response, 200, { scores: scoresOf(id) })
      if (request.method === 'PATCH') Object.assign(found, JSON.parse(await text(request)))
      return json(response, 200, found)
    },
  }
}
