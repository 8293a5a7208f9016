/** Channels and notifications in requests and answers. */
import { SEVERITY_LABELS } from '@netscope/detect/detection.ts'
import { Type } from 'typebox'
import { CHANNEL_KINDS } from '../notify/channel-kinds.ts'
import { OUTBOX_STATES } from '../notify/outbox-store.ts'
import { rulesSchema } from '../notify/rules.ts'

const KINDS = CHANNEL_KINDS.map(({ kind }) => kind)
const time = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', description })

export const channelSchema = Type.Object(
  {
    name: Type.String(),
    kind: Type.Enum(KINDS),
    target: Type.String({ description: 'Whom it reaches, without secrets.' }),
    settings: Type.Record(Type.String(), Type.Unknown(), { description: 'Secrets are `***`.' }),
    rules: Type.Object(rulesSchema.properties, { title: 'ChannelRules' }),
    origin: Type.Enum(['api', 'file', 'config'], {
      description: 'file and config: declared there, changed there only.',
    }),
    author: Type.String({ description: 'Who made it, or where it is declared.' }),
    createdAt: time('null: it is declared.'),
    enabled: Type.Boolean(),
    disabled: Type.String({ description: 'Why nothing is sent any more; empty: it is.' }),
    disabledAt: time('null: it is on.'),
    lastError: Type.String({ description: 'Of the last attempt; empty: it went well.' }),
    lastErrorAt: time(''),
    lastSentAt: time(''),
    sentToday: Type.Integer(),
    waiting: Type.Integer({ description: 'Messages that are not sent yet, or still take alerts.' }),
  },
  { title: 'Channel' },
)

export const kindSchema = Type.Object(
  {
    kind: Type.String(),
    description: Type.String(),
    settings: Type.Unknown({ description: 'JSON Schema.' }),
    secrets: Type.Array(Type.String(), {
      description: 'Settings that are never shown; each may be file:PATH or env:NAME.',
    }),
  },
  { title: 'ChannelKind' },
)

export const notificationSchema = Type.Object(
  {
    id: Type.String({ description: 'The same each time that it is sent: the idempotency key.' }),
    channel: Type.String(),
    state: Type.Enum([...OUTBOX_STATES], {
      description: 'gathering: still takes alerts; waiting: to be sent; failed: given up.',
    }),
    title: Type.String(),
    label: Type.Enum([...SEVERITY_LABELS]),
    alerts: Type.Integer({ description: 'How many it tells of.' }),
    createdAt: Type.String({ format: 'date-time' }),
    dueAt: Type.String({ format: 'date-time' }),
    attempts: Type.Integer(),
    error: Type.String(),
    doneAt: time('null: not yet.'),
  },
  { title: 'Notification' },
)
