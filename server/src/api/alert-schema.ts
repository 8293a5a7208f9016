/** Alerts, suppressions and false positives in requests and answers. */
import { SEVERITY_LABELS } from '@netscope/detect/detection.ts'
import { Type } from 'typebox'
import { ALERT_STATES, SHOWN_WORKFLOW_STATES } from '../alerts/alert-row.ts'

const time = (description: string) => Type.String({ format: 'date-time', description })
const text = (description: string) => Type.String({ description })
const port = (description: string) => Type.Integer({ description })

const factSchema = Type.Object(
  {
    name: text('In words: ports that refused.'),
    value: Type.Unsafe<number | string>({ type: ['number', 'string'] }),
    unit: Type.Optional(Type.String()),
    threshold: Type.Optional(text('What made it a detection: >= 15.')),
    demand: Type.Optional(
      Type.Number({
        description:
          'The threshold of the measure of strength: value ÷ demand is what factors of false positives are compared with.',
      }),
    ),
  },
  { title: 'EvidenceFact' },
)
const flowSchema = Type.Object(
  {
    src: Type.String(),
    srcPort: Type.Integer(),
    dst: Type.String(),
    dstPort: Type.Integer(),
    protocol: Type.Integer({ description: 'IANA number.' }),
    firstMs: Type.Number({ description: 'Milliseconds since 1970.' }),
    lastMs: Type.Number(),
    packets: Type.Number(),
    bytes: Type.Number(),
  },
  { title: 'EvidenceFlow' },
)
const evidenceSchema = Type.Object(
  {
    reason: text('Why this is no ordinary traffic, with the arithmetic.'),
    facts: Type.Array(factSchema),
    flows: Type.Array(flowSchema, { description: 'Some of the flows that it rests on.' }),
  },
  { title: 'Evidence' },
)

/** One schema with two types, as in device-schema.ts. */
const falsePositive = Type.Unsafe<{
  reason: string
  author: string
  at: string
  factor: number
  expiresAt: string
} | null>({
  type: ['object', 'null'],
  description: 'null: nobody said so.',
  properties: {
    reason: Type.String(),
    author: Type.String(),
    at: time(''),
    factor: Type.Number({
      description: 'So many times its threshold the detector has to find between these two now.',
    }),
    expiresAt: time('Until then.'),
  },
  required: ['reason', 'author', 'at', 'factor', 'expiresAt'],
})

const packetTime = (of: string) =>
  Type.Unsafe<string | null>({
    ...{ type: ['string', 'null'], format: 'date-time' },
    description: `Of the ${of} packet; null: there is none.`,
  })
const captureSchema = Type.Object(
  {
    packets: Type.Integer(),
    packetsBefore: Type.Integer({
      description: 'Of these, before the alert was found, out of the capture ring of the agent.',
    }),
    firstAt: packetTime('first'),
    lastAt: packetTime('last'),
    lostPackets: Type.Number({ description: 'That the agent could not keep.' }),
    notes: Type.Array(Type.String(), {
      description: 'Whether there was a capture ring, how far back it reached, why it ended.',
    }),
  },
  { title: 'AlertCapture', description: 'Of the detail: what getAlertCapture holds.' },
)

export const alertSchema = Type.Object(
  {
    id: text('Of the incident: it stays the same while it grows.'),
    detector: text('Which one found it: docs/reference/detection.md.'),
    version: Type.Integer({ description: 'Of the detector.' }),
    title: text('What happened, in a line.'),
    severity: Type.Number({ description: 'From 0 to 100.' }),
    label: Type.Enum([...SEVERITY_LABELS], { description: 'Of the severity, by twenties.' }),
    confidence: Type.Number({ description: 'From 0 to 1.' }),
    technique: text('MITRE ATT&CK, as T1046.'),
    direction: Type.Enum(['inbound', 'outbound', 'internal', 'external']),
    agent: text('Who saw it.'),
    src: text('Address of whoever does it; empty: not known.'),
    srcPort: port('0: many, or none.'),
    srcMac: Type.String(),
    srcName: Type.String(),
    srcDevice: text('Id of the device that had the address; empty: none is known.'),
    dst: text('Address of whom it is done to; empty: many.'),
    dstPort: port('0: many, or none.'),
    dstMac: Type.String(),
    dstName: text('Such as the domain that was asked for.'),
    dstDevice: Type.String(),
    risk: Type.Optional(
      Type.Number({
        description:
          'Of its public addresses, from 0 to 100, by feeds and what providers said; absent: unknown.',
      }),
    ),
    srcRisk: Type.Optional(Type.Number()),
    dstRisk: Type.Optional(Type.Number()),
    srcFeeds: Type.Optional(Type.Array(Type.String(), { description: 'That the source is on.' })),
    dstFeeds: Type.Optional(Type.Array(Type.String(), { description: 'That the target is on.' })),
    vlan: Type.Integer({ description: '0: untagged.' }),
    firstSeen: time(''),
    lastSeen: time(''),
    count: Type.Number({ description: 'Probes, packets or attempts, as the detector counts.' }),
    state: Type.Enum([...ALERT_STATES], {
      description: 'suppressed and false-positive: held back by what people said.',
    }),
    evidence: evidenceSchema,
    suppressionKey: text('Names the incident within its detector.'),
    suppressedBy: text('Id of the suppression, or of the alert that was marked; empty: none.'),
    falsePositive,
    workflow: Type.Object(
      {
        state: Type.Enum([...SHOWN_WORKFLOW_STATES], {
          description:
            'What people do about it. silenced, false-positive: held back by what they said.',
        }),
        assignee: text('Who looks after it; empty: nobody.'),
        reason: text('Of the last change of the state.'),
        author: text('Who made it; netscope: the server itself.'),
        at: Type.Unsafe<string | null>({
          type: ['string', 'null'],
          format: 'date-time',
          description: 'null: nobody has changed it.',
        }),
      },
      { title: 'AlertWorkflow' },
    ),
    incident: text('Id of the first alert of the story that it belongs to.'),
    hasCapture: Type.Optional(
      Type.Boolean({ description: 'Of the detail: packets were captured of it.' }),
    ),
    capture: Type.Optional(captureSchema),
  },
  { title: 'Alert' },
)

export const suppressionSchema = Type.Object(
  {
    id: Type.String(),
    filter: Type.String(),
    reason: Type.String(),
    author: Type.String(),
    createdAt: time(''),
    expiresAt: time(''),
    hits: Type.Integer({ description: 'Alerts that it has held back.' }),
    lastHit: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' }),
  },
  { title: 'Suppression' },
)

export const markSchema = Type.Object(
  {
    alert: text('The one that was marked; it may be gone.'),
    detector: Type.String(),
    source: text('Address, MAC or name.'),
    target: text('Address, MAC and name, as many as the alert had.'),
    factor: Type.Number({
      description: 'Of its thresholds: what the detector has to find between these two.',
    }),
    severity: Type.Number({
      description: 'Of the alert; what is 20 or more above it is never held back.',
    }),
    reason: Type.String(),
    author: Type.String(),
    createdAt: time(''),
    expiresAt: time(''),
  },
  { title: 'FalsePositiveMark' },
)

export const changeSchema = Type.Object(
  {
    at: time(''),
    author: text('netscope: the server itself.'),
    change: text('Such as began, acknowledged, assigned, note, resolved, reopened, ended.'),
    detail: text('Reason, assignee or note.'),
  },
  { title: 'AlertChange' },
)

export const incidentSchema = Type.Object(
  {
    id: text('Of its first alert.'),
    title: text('Of its most severe alert.'),
    src: text('Address or MAC of whoever does it; empty: not known.'),
    srcName: Type.String(),
    severity: Type.Number({ description: 'Of its most severe alert.' }),
    label: Type.Enum([...SEVERITY_LABELS]),
    firstSeen: time(''),
    lastSeen: time(''),
    active: Type.Boolean({ description: 'Something of it goes on.' }),
    alerts: Type.Integer({ description: 'Without those that are held back.' }),
    open: Type.Integer({ description: 'Those that nobody has acknowledged or resolved.' }),
    detectors: Type.Array(Type.String()),
  },
  { title: 'Incident' },
)
