/** What `netscope observe` can filter by, show and sum: the flow field table, and what both sides have. */
import { FLOW_FIELDS, type FieldType, type Flow, type FlowFieldName } from '@netscope/core/flow.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { suggest } from '@netscope/core/config/suggest.ts'
import { formatTable } from '../output/table.ts'

/** A flow as the API gives it. */
export interface FlowRow extends Flow {
  agent: string
  stale: boolean
}

export interface Field {
  name: string
  type: FieldType
  description: string
  /** One value; of a field of either side two, of which any may match. */
  values(flow: FlowRow): readonly (string | number)[]
}

const own = (name: FlowFieldName): Field => ({
  name,
  type: FLOW_FIELDS[name].type,
  description: FLOW_FIELDS[name].description,
  values: (flow) => [flow[name]],
})

const pair = (src: FlowFieldName, dst: FlowFieldName) => ({ src, dst })

/** The two fields behind a name that means either side. */
const EITHER_SIDE = {
  ip: pair('src', 'dst'),
  port: pair('srcPort', 'dstPort'),
  process: pair('srcProcess', 'dstProcess'),
  pid: pair('srcPid', 'dstPid'),
  user: pair('srcUser', 'dstUser'),
  commandLine: pair('srcCommandLine', 'dstCommandLine'),
  container: pair('srcContainer', 'dstContainer'),
  unit: pair('srcUnit', 'dstUnit'),
  rttMs: pair('srcRttMs', 'dstRttMs'),
  tcpState: pair('srcTcpState', 'dstTcpState'),
} as const satisfies Record<string, { src: FlowFieldName; dst: FlowFieldName }>

/** Names that mean the sum of both sides. */
const SUMS = {
  packets: pair('srcPackets', 'dstPackets'),
  bytes: pair('srcBytes', 'dstBytes'),
  bytesPerSecond: pair('srcBytesPerSecond', 'dstBytesPerSecond'),
  droppedPackets: pair('srcDroppedPackets', 'dstDroppedPackets'),
  retransmits: pair('srcRetransmits', 'dstRetransmits'),
} as const satisfies Record<string, { src: FlowFieldName; dst: FlowFieldName }>

const eitherSide = (name: keyof typeof EITHER_SIDE): Field => {
  const { src, dst } = EITHER_SIDE[name]
  const { type } = FLOW_FIELDS[src]
  const description = `Of either side: ${src} or ${dst}.`
  return { name, type, description, values: (flow) => [flow[src], flow[dst]] }
}

const sum = (name: keyof typeof SUMS): Field => {
  const { src, dst } = SUMS[name]
  const { type } = FLOW_FIELDS[src]
  const description = `Of both sides: ${src} + ${dst}.`
  const values = (flow: FlowRow) => [Number(flow[src]) + Number(flow[dst])]
  return { name, type, description, values }
}

/** Whatever a side is called; of the destination also by TLS and HTTP. */
const hostName: Field = {
  name: 'name',
  type: 'text',
  description: 'Of either side: srcName, dstName, sni or httpHost.',
  values: ({ srcName, dstName, sni, httpHost }) => [srcName, dstName, sni, httpHost],
}

const agent: Field = {
  name: 'agent',
  type: 'text',
  description: 'Agent that counted it.',
  values: (flow) => [flow.agent],
}

const keys = <Name extends string>(table: Record<Name, unknown>): Name[] =>
  Object.keys(table) as Name[]

const FIELDS: ReadonlyMap<string, Field> = new Map(
  [
    ...keys(FLOW_FIELDS).map(own),
    agent,
    hostName,
    ...keys(EITHER_SIDE).map(eitherSide),
    ...keys(SUMS).map(sum),
  ].map((field) => [field.name, field]),
)

const FIELD_NAMES: readonly string[] = [...FIELDS.keys()]

/** All fields as a table. */
export const fieldTable = (): string[] =>
  formatTable(
    [
      { title: 'FIELD', text: ({ name }) => name },
      { title: 'TYPE', text: ({ type }) => type },
      { title: 'MEANING', text: ({ description }) => description },
    ],
    [...FIELDS.values()],
  )

/** The field of that name, in any case; throws `filter.invalid`, with the name that was probably meant. */
export const fieldOf = (name: string, place: string): Field => {
  const lower = name.toLowerCase()
  const found =
    FIELDS.get(name) ?? [...FIELDS.values()].find((field) => field.name.toLowerCase() === lower)
  if (found) return found
  const meant = suggest(name, FIELD_NAMES)
  throw new NetscopeError('filter.invalid', {
    filter: place,
    reason: `there is no field ${JSON.stringify(name)}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
  })
}
