/** How the fake server filters, sorts and pages flows, and makes packets of them. */
import type { Flow } from '@netscope/core/flow.ts'
import { completionsOf, parseQuery } from '@netscope/core/query/parse-query.ts'
import { flowPredicateOf } from '@netscope/core/query/predicate-of.ts'
import { SCANNER } from './fake-network.ts'

/** Why a query is refused, for one text that the test uses. */
export const flowProblem = (query: URLSearchParams): string | undefined =>
  query.get('q') === 'refuse-me' ? 'q: no filter of this form is known.' : undefined

const filterOf = (query: URLSearchParams): ((flow: Flow) => boolean) => {
  const parsed = parseQuery(query.get('filter') ?? '')
  if (!parsed.ok) throw new Error(parsed.error.message)
  const holds = flowPredicateOf(parsed.query, Date.now)
  return (flow) => holds({ ...flow, agent: 'fake' })
}

/** The answer of /api/v1/query/completions; of processes three are known. */
export const completions = (query: URLSearchParams) =>
  completionsOf(query.get('text') ?? '', Number(query.get('cursor')), ({ name }) =>
    name === 'process' ? ['curl', 'nginx', 'ssh'] : [],
  )

const valueOf = (flow: Flow, field: string): string | number => {
  if (field === 'bytes') return flow.srcBytes + flow.dstBytes
  if (field === 'packets') return flow.srcPackets + flow.dstPackets
  if (field === 'bytesPerSecond') return flow.srcBytesPerSecond + flow.dstBytesPerSecond
  if (field === 'rttMs') return Math.max(flow.srcRttMs, flow.dstRttMs)
  if (field === 'retransmits') return flow.srcRetransmits + flow.dstRetransmits
  if (field === 'process') return flow.srcProcess || flow.dstProcess || '\u{10ffff}'
  return flow[field as keyof Flow]
}

const SEARCHED = [
  'src',
  'dst',
  'srcPort',
  'dstPort',
  'protocol',
  'interface',
  'srcName',
  'dstName',
  'sni',
  'srcProcess',
  'dstProcess',
  'srcContainer',
  'dstContainer',
  'srcUnit',
  'dstUnit',
] as const

/** The answer of /api/v1/flows. */
export const flowPage = (
  network: { live(): readonly Flow[]; ended(): readonly Flow[] },
  query: URLSearchParams,
) => {
  const state = query.get('state') ?? 'live'
  const text = (query.get('q') ?? '').toLowerCase()
  const holds = filterOf(query)
  const exact = (['protocol', 'verdict', 'direction', 'interface'] as const).filter((name) =>
    query.has(name),
  )
  const flows = [
    ...(state === 'ended' ? [] : network.live()),
    ...(state === 'live' ? [] : network.ended()),
  ].filter(
    (flow) =>
      holds(flow) &&
      exact.every((name) => flow[name] === query.get(name)) &&
      SEARCHED.some((name) => String(flow[name]).toLowerCase().includes(text)),
  )
  const sort = query.get('sort') ?? '-srcBytes'
  const field = sort.replace(/^-/, '')
  const sign = sort.startsWith('-') ? -1 : 1
  flows.sort(
    (a, b) =>
      sign *
      (valueOf(a, field) < valueOf(b, field) ? -1 : valueOf(a, field) > valueOf(b, field) ? 1 : 0),
  )
  const offset = Number(query.get('offset') ?? 0)
  return {
    total: flows.length,
    flows: flows.slice(offset, offset + Number(query.get('limit') ?? 100)),
  }
}

/** A packet of a flow; every third one is an answer. */
export const packetOf = (flow: Flow, seq: number) => {
  const back = flow.handshake !== 'unanswered' && seq % 3 === 0
  const [src, dst, srcPort, dstPort] = back
    ? [flow.dst, flow.src, flow.dstPort, flow.srcPort]
    : [flow.src, flow.dst, flow.srcPort, flow.dstPort]
  return {
    time: new Date().toISOString().slice(11, 23),
    seq,
    src,
    dst,
    proto: flow.protocol,
    action: flow.verdict,
    direction: (flow.direction === 'outbound') !== back ? 'EGRESS' : 'INGRESS',
    srcPort,
    dstPort,
    length: flow.protocol === 'TCP' && back ? 1448 : 84,
    packets: 1,
    interface: flow.interface,
    vlan: flow.vlan,
    tcpFlags: flow.protocol === 'TCP' ? (flow.src === SCANNER ? 2 : 16 + 8 * (seq % 2)) : 0,
  }
}

/** Whether an event passes the filter of a client of /events. */
export const isWanted = (event: ReturnType<typeof packetOf>, query: URLSearchParams): boolean => {
  const is = (name: string, ...values: (string | number)[]) =>
    !query.has(name) || values.some((value) => String(value) === query.get(name))
  return (
    is('ip', event.src, event.dst) &&
    is('port', event.srcPort, event.dstPort) &&
    is('proto', event.proto) &&
    is('action', event.action) &&
    is('direction', event.direction)
  )
}
