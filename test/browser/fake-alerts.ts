/** Alerts of the made-up network, as the API gives them. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString()

const alert = (id: string, given: object) => ({
  id,
  detector: 'tcp-scan',
  version: 1,
  title: '203.0.113.7 scans the ports of 192.168.1.20',
  severity: 40,
  label: 'medium',
  confidence: 0.93,
  technique: 'T1046',
  direction: 'inbound',
  agent: 'fake',
  src: '203.0.113.7',
  srcPort: 0,
  srcMac: '',
  srcName: '',
  srcDevice: '',
  dst: '192.168.1.20',
  dstPort: 0,
  dstMac: '',
  dstName: '',
  dstDevice: 'd20',
  vlan: 0,
  firstSeen: ago(90_000),
  lastSeen: ago(2000),
  count: 1000,
  state: 'active',
  evidence: {
    reason: '998 of 1,000 first contacts failed, 50 times what chance would make of them.',
    facts: [
      { name: 'ports that refused', value: 998, threshold: '>= 15' },
      { name: 'share that answered', value: 0.002, threshold: '<= 0.2' },
      { name: 'duration', value: 3.4, unit: 's' },
    ],
    flows: [
      {
        ...{ src: '203.0.113.7', srcPort: 40_000, dst: '192.168.1.20', dstPort: 22, protocol: 6 },
        ...{ firstMs: Date.now() - 90_000, lastMs: Date.now() - 90_000, packets: 2, bytes: 100 },
      },
    ],
  },
  suppressionKey: 'tcp-scan 203.0.113.7 192.168.1.20',
  suppressedBy: '',
  falsePositive: null as object | null,
  workflow: { state: 'open', assignee: '', reason: '', author: '', at: null as string | null },
  incident: id,
  ...given,
})

const found = () => [
  alert('a1', {
    hasCapture: true,
    capture: {
      ...{ packets: 212, packetsBefore: 45, firstAt: ago(95_000), lastAt: ago(80_000) },
      ...{ lostPackets: 0, notes: ['The capture ring of fake reached back to then.'] },
    },
  }),
  alert('a2', {
    ...{ detector: 'arp-spoof', severity: 90, label: 'critical', technique: 'T1557.002' },
    ...{ title: '3c:22:fb:00:00:66 claims to be the gateway 192.168.1.1', count: 12 },
    ...{ src: '', srcMac: '3c:22:fb:00:00:66', dst: '192.168.1.1', dstDevice: 'd1' },
  }),
  alert('a3', {
    ...{ detector: 'new-device', severity: 10, label: 'info', state: 'ended', count: 1 },
    ...{ title: '192.168.1.77 is new', src: '192.168.1.77', dst: '', lastSeen: ago(7_200_000) },
  }),
]

export const createFakeAlerts = () => {
  const alerts = found()
  const suppressions: { id: string; filter?: string }[] = []
  const changes = [{ at: ago(90_000), author: 'netscope', change: 'began', detail: '' }]
  const json = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  return {
    alerts,
    suppressions,
    /** Answers GET /api/v1/alerts, GET of one, its workflow, marks of false positives, and POST /api/v1/suppressions. */
    async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
      const [, , , kind, id, what] = url.pathname.split('/')
      const body = async () => JSON.parse(await text(request)) as Record<string, unknown>
      if (kind === 'suppressions') {
        if (request.method === 'GET') return json(response, 200, { suppressions })
        if (request.method === 'DELETE') {
          suppressions.splice(0)
          return void response.writeHead(204).end()
        }
        const given = await body()
        const until = ago(-1000 * Number(given['expiresInSeconds']))
        suppressions.push({
          ...{ id: 's1', author: 'ada', createdAt: ago(0), expiresAt: until, hits: 0 },
          ...{ lastHit: null, ...given },
        })
        return json(response, 201, suppressions.at(-1))
      }
      if (id === 'false-positives') return json(response, 200, { falsePositives: [] })
      if (kind === 'incidents') {
        const incident = { ...alerts[0], alerts: 2, open: 2, detectors: ['tcp-scan'], active: true }
        const timeline = alerts
          .slice(0, 2)
          .map(({ id: alert, title }) => ({ ...changes[0], alert, detail: title }))
        const answer = id ? { incident, alerts: alerts.slice(0, 2), timeline } : {}
        return json(response, 200, { ...answer, incidents: [incident], total: 1 })
      }
      if (id === undefined) {
        const states = url.searchParams.get('state')?.split(',') ?? []
        const shown = alerts.filter(({ state }) => states.length === 0 || states.includes(state))
        return json(response, 200, { total: shown.length, alerts: shown, suppressed: 0 })
      }
      const one = alerts.find((known) => known.id === id)
      if (!one) return json(response, 404, { status: 404, detail: `There is no alert ${id}.` })
      if (what === 'history') return json(response, 200, { changes })
      if (what === 'related') {
        const related = id === 'a1' ? [{ because: 'source', alert: alerts[1] }] : []
        return json(response, 200, { related })
      }
      if (what === 'ack' || request.method === 'PATCH') {
        const {
          state = what === 'ack' ? 'acknowledged' : one.workflow.state,
          assignee = one.workflow.assignee,
          reason = '',
        } = await body()
        Object.assign(one.workflow, { state, assignee, reason, author: 'ada', at: ago(0) })
        changes.push({ at: ago(0), author: 'ada', change: String(state), detail: String(reason) })
      }
      if (what === 'false-positive' && request.method === 'POST') {
        const { reason } = await body()
        const said = { reason, author: 'admin', at: ago(0), factor: 100, expiresAt: ago(-8e9) }
        Object.assign(one, { state: 'false-positive', falsePositive: said })
      }
      return json(response, 200, one)
    },
  }
}
