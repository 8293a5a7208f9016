/** A flow as programs of others report it: the names of the platform that NetScope replaces, and some more. */
import { Type } from 'typebox'
import type { Static } from 'typebox'

/** Counters are exact in JavaScript up to here. */
const count = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description }))
const name = (description: string) => Type.Optional(Type.String({ maxLength: 256, description }))
const time = (description: string) =>
  Type.Optional(
    Type.Union([Type.String({ maxLength: 40 }), Type.Number({ minimum: 0, maximum: 1e14 })], {
      description,
    }),
  )

export const flowReport = Type.Object(
  {
    src_ip: Type.String({ maxLength: 45, description: 'Address of the client, IPv4 or IPv6.' }),
    dst_ip: Type.String({ maxLength: 45 }),
    src_port: Type.Integer({ minimum: 0, maximum: 65_535 }),
    dst_port: Type.Integer({ minimum: 0, maximum: 65_535 }),
    protocol: Type.Union(
      [Type.String({ maxLength: 16 }), Type.Integer({ minimum: 0, maximum: 255 })],
      {
        description: 'Name or IANA number.',
      },
    ),
    bytes_sent: count('Bytes that src sent since it was last reported.'),
    bytes_recv: count('Bytes that dst sent since it was last reported.'),
    packets_sent: count('Packets that src sent.'),
    packets_recv: count('Packets that dst sent.'),
    retrans_count: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 4_294_967_295,
        description: 'Segments that src sent again.',
      }),
    ),
    rtt_avg_ms: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 4_000_000,
        description: 'Round trip time as src measures it.',
      }),
    ),
    drop_count: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 4_294_967_295,
        description: 'Packets that the kernel dropped.',
      }),
    ),
    interface: name('Where it was counted; else `node`.'),
    node: name('Machine where it was counted.'),
    pod: name('Becomes the name of src, together with `namespace`.'),
    namespace: name('Kubernetes namespace of `pod`.'),
    first_seen: time('ISO 8601, or seconds since 1970; else `timestamp`.'),
    last_seen: time('As first_seen.'),
    timestamp: time('ISO 8601, or seconds since 1970; else the time of arrival.'),
  },
  { title: 'FlowReport', additionalProperties: false },
)
export type FlowReport = Static<typeof flowReport>

const MOST_FLOWS = 10_000

const head = {
  agent_id: Type.String({
    minLength: 1,
    maxLength: 253,
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
    description: 'Name under which the flows appear.',
  }),
  batch_id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 128,
      description:
        'A batch with the same id is taken once, as long as the server runs; the second gets the answer of the first.',
    }),
  ),
}

/** As the document shows it. */
export const flowBatch = Type.Object(
  { ...head, flows: Type.Array(flowReport, { maxItems: MOST_FLOWS }) },
  {
    title: 'FlowBatch',
    additionalProperties: false,
    examples: [
      {
        agent_id: 'edge-1',
        flows: [
          {
            src_ip: '192.0.2.10',
            dst_ip: '198.51.100.5',
            src_port: 50_000,
            dst_port: 443,
            protocol: 'TCP',
            bytes_sent: 1200,
            bytes_recv: 54_000,
          },
        ],
      },
    ],
  },
)

/** As it is judged at once; its flows are one by one. */
export const batchFrame = Type.Object(
  { ...head, flows: Type.Array(Type.Unknown(), { maxItems: MOST_FLOWS }) },
  { additionalProperties: false },
)
export type BatchFrame = Static<typeof batchFrame>

export const batchAnswer = Type.Object(
  {
    accepted: Type.Integer({ description: 'Flows that were taken.' }),
    rejected: Type.Array(
      Type.Object({ index: Type.Integer(), reason: Type.String() }, { title: 'RejectedFlow' }),
      { description: 'Flows that were not, by their place in `flows`.' },
    ),
  },
  { title: 'BatchAnswer' },
)
export type BatchAnswer = Static<typeof batchAnswer>
