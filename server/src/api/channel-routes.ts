/** Channels: list, kinds, add, change, switch on and off, remove, test; what was and is to be sent. */
import { Type } from 'typebox'
import type { Audit } from '../auth/audit.ts'
import type { Channel } from '../notify/channel.ts'
import { CHANNEL_KINDS } from '../notify/channel-kinds.ts'
import { shownSettings } from '../notify/channels.ts'
import { newChannelSchema } from '../notify/declared-channels.ts'
import type { Notify } from '../notify/notify.ts'
import { titleOf } from '../notify/notice-text.ts'
import { someRulesSchema } from '../notify/rules.ts'
import type { App } from './app-types.ts'
import { channelSchema, kindSchema, notificationSchema } from './channel-schema.ts'
import { operation, STRICT } from './operation.ts'

const nameParams = Type.Object({ name: Type.String({ maxLength: 64 }) })
const MOST_SHOWN = 500

const LIST = operation({
  operationId: 'listChannels',
  tags: ['channels'],
  summary: 'All channels, how they are, and why one is off.',
  response: { 200: Type.Object({ channels: Type.Array(channelSchema) }) },
})
const KINDS = operation({
  operationId: 'listChannelKinds',
  tags: ['channels'],
  summary: 'What kinds of channels there are, and the settings of each.',
  response: { 200: Type.Object({ kinds: Type.Array(kindSchema) }) },
})
const ADD = operation({
  operationId: 'addChannel',
  tags: ['channels'],
  summary: 'Makes a channel; secrets are never shown again.',
  body: newChannelSchema,
  response: { 201: channelSchema },
})
const CHANGE = operation({
  operationId: 'changeChannel',
  tags: ['channels'],
  summary: 'Changes settings and rules of a channel, or switches it on or off.',
  description: 'What is not given stays, and so does a secret that is given as `***`.',
  params: nameParams,
  body: Type.Object(
    {
      settings: Type.Optional(newChannelSchema.properties.settings),
      rules: Type.Optional(someRulesSchema),
      enabled: Type.Optional(Type.Boolean()),
    },
    STRICT,
  ),
  response: { 200: channelSchema },
})
const REMOVE = operation({
  operationId: 'removeChannel',
  tags: ['channels'],
  summary: 'Removes a channel, and what still waits in it.',
  params: nameParams,
  response: { 204: Type.Null() },
})
const TEST = operation({
  operationId: 'testChannel',
  tags: ['channels'],
  summary: 'Sends a message now and says what became of it.',
  params: nameParams,
  response: {
    200: Type.Object({
      outcome: Type.Enum(['sent', 'later', 'refused', 'broken'], {
        description: 'later: it may work later; broken: not until the channel is changed.',
      }),
      reason: Type.String({ description: 'Empty: it was taken, by everybody.' }),
      tookMs: Type.Number(),
    }),
  },
})
const OUTBOX = operation({
  operationId: 'listNotifications',
  tags: ['channels'],
  summary: 'What was sent and what is to be sent, the newest first.',
  querystring: Type.Object(
    {
      channel: Type.Optional(Type.String({ maxLength: 64 })),
      limit: Type.Integer({ minimum: 1, maximum: MOST_SHOWN, default: 100 }),
    },
    STRICT,
  ),
  response: { 200: Type.Object({ notifications: Type.Array(notificationSchema) }) },
})

export interface ChannelRouteDeps {
  notify: Notify
  auth: { audit: Audit }
  /** Milliseconds of a clock that never steps back. */
  now(): number
}

const iso = (ms: number): string => new Date(ms).toISOString()
const isoOrNull = (ms: number): string | null => (ms === 0 ? null : iso(ms))

export const addChannelRoutes = (app: App, { notify, auth, now }: ChannelRouteDeps): void => {
  const { channels, states } = notify

  const shown = (channel: Channel) => {
    const { name, kind, rules, origin, author, createdAtMs } = channel
    const state = states.of(name)
    return {
      ...{ name, kind: kind.kind, target: kind.targetOf(channel.settings) },
      ...{ settings: shownSettings(channel), rules, origin, author },
      createdAt: isoOrNull(createdAtMs),
      ...{ enabled: state.disabled === '', disabled: state.disabled },
      disabledAt: isoOrNull(state.disabledAtMs),
      ...{ lastError: state.lastError, lastErrorAt: isoOrNull(state.lastErrorAtMs) },
      lastSentAt: isoOrNull(state.lastSentAtMs),
      sentToday: states.sentToday(channel),
      waiting: notify.waiting(name),
    }
  }
  /** For the audit log. */
  const kept = (channel: Channel) => {
    const { kind, settings, rules, enabled } = shown(channel)
    return { kind, settings, rules, enabled }
  }

  app.get('/api/v1/channels', { schema: LIST }, async () => ({
    channels: channels.all().map(shown),
  }))

  app.get('/api/v1/channels/kinds', { schema: KINDS }, async () => ({
    kinds: CHANNEL_KINDS.map(({ kind, description, settings, secrets }) => ({
      ...{ kind, description, settings, secrets: [...secrets] },
    })),
  }))

  app.post('/api/v1/channels', { schema: ADD }, async ({ body, principal, ip: from }, reply) => {
    const made = channels.add(body, principal.name)
    const target = made.name
    auth.audit.record({ principal, action: 'channel.add', target, after: kept(made), from })
    return reply.code(201).send(shown(made))
  })

  app.patch('/api/v1/channels/:name', { schema: CHANGE }, async (request) => {
    const { params, body, principal, ip: from } = request
    const { settings, rules, enabled } = body
    const channel = channels.find(params.name)
    const before = kept(channel)
    const after =
      settings || rules
        ? channels.change(channel.name, { ...(settings && { settings }), ...(rules && { rules }) })
        : channel
    if (enabled === true) states.enable(channel.name)
    if (enabled === false) states.disable(channel.name, `switched off by ${principal.name}`)
    const target = channel.name
    const action = 'channel.change'
    auth.audit.record({ principal, action, target, before, after: kept(after), from })
    return shown(after)
  })

  app.delete('/api/v1/channels/:name', { schema: REMOVE }, async (request, reply) => {
    const { params, principal, ip: from } = request
    const before = kept(channels.find(params.name))
    const { name: target } = notify.remove(params.name)
    auth.audit.record({ principal, action: 'channel.remove', target, before, from })
    return reply.code(204).send(null)
  })

  app.post('/api/v1/channels/:name/test', { schema: TEST }, async (request) => {
    const { params, principal, ip: from } = request
    const channel = channels.find(params.name)
    const startedAt = now()
    const outcome = await notify.test(channel, principal.name)
    const answer = {
      outcome: outcome.kind,
      reason: outcome.kind === 'sent' ? (outcome.warning ?? '') : outcome.reason,
    }
    const target = channel.name
    auth.audit.record({ principal, action: 'channel.test', target, after: answer, from })
    return { ...answer, tookMs: Math.round(now() - startedAt) }
  })

  app.get('/api/v1/notifications', { schema: OUTBOX }, async ({ query }) => ({
    notifications: notify.outbox(query.limit, query.channel).map((entry) => ({
      ...{ id: entry.id, channel: entry.channel, state: entry.state, attempts: entry.attempts },
      ...{ title: titleOf(entry.notice), label: entry.notice.label, alerts: entry.notice.total },
      ...{ createdAt: iso(entry.createdAtMs), dueAt: iso(entry.dueMs) },
      ...{ error: entry.error, doneAt: isoOrNull(entry.doneAtMs) },
    })),
  }))
}
