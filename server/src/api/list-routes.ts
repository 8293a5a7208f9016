/** GET, POST and DELETE of /blacklist (the deny list) and /whitelist (the allow list). */
import { NetscopeError } from '@netscope/core/errors.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import type { ListName } from '@netscope/core/wire.ts'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { Audit } from '../auth/audit.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { DesiredLists } from '../fleet/desired-lists.ts'
import type { ListSync, Outcome } from '../fleet/list-sync.ts'
import { refuseProtected } from '../respond/decisions.ts'
import type { Pins } from '../respond/pins.ts'
import type { Protected } from '../respond/protected.ts'
import { LINE } from '../declared/pattern-words.ts'
import type { App } from './app-types.ts'
import { isFromPage } from './origin-check.ts'
import { holdsLoopback } from './loopback.ts'
import { operation } from './operation.ts'

const TEN_YEARS_SECONDS = 315_360_000
const strict = { additionalProperties: false }

const listQuery = Type.Object(
  {
    offset: Type.Integer({ minimum: 0, maximum: 100_000_000, default: 0 }),
    limit: Type.Integer({ minimum: 0, maximum: 10_000, default: 1000 }),
    match: Type.String({ maxLength: 200, default: '' }),
  },
  strict,
)
const addBody = Type.Object(
  {
    ip: Type.String({ maxLength: 64 }),
    // As the agent takes it: without control characters.
    reason: Type.Optional(Type.String({ maxLength: 200, pattern: LINE })),
    expiresInSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: TEN_YEARS_SECONDS })),
  },
  strict,
)
const removeQuery = Type.Object({ ip: Type.String({ maxLength: 64 }) }, strict)

const listEntry = Type.Object(
  {
    prefix: Type.String(),
    reason: Type.String(),
    origin: Type.String(),
    author: Type.String(),
    createdAtMs: Type.Number(),
    expiresAtMs: Type.Number({ description: '0: never.' }),
  },
  { title: 'ListEntry' },
)
const listAnswer = Type.Object(
  { ips: Type.Array(Type.String()), total: Type.Integer(), entries: Type.Array(listEntry) },
  { title: 'ListPage' },
)
const changed = Type.Object(
  {
    ok: Type.Literal(true),
    ip: Type.String(),
    pending: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Agents that are away or slow: they get the change as soon as they can.',
      }),
    ),
  },
  { title: 'ListChanged' },
)

export interface ListRouteDeps {
  fleet: Pick<Fleet, 'names'>
  lists: Pick<DesiredLists, 'find'>
  listSync: Pick<ListSync, 'add' | 'remove'>
  /** Milliseconds since 1970. */
  wallClock(): number
  response: { protected: Pick<Protected, 'hit'>; pins: Pick<Pins, 'ensure'> }
  auth: { audit: Audit }
}

const LATER =
  '202: no agent judges by it yet; each gets the change as soon as it can, `pending` names them.'

/** `name` ends the operations' ids; `words` are what people call the list. */
const operationsOf = (name: 'DenyList' | 'AllowList', words: string) => ({
  get: operation({
    operationId: `get${name}`,
    tags: ['lists'],
    summary: `The ${words}, newest entries first.`,
    querystring: listQuery,
    response: { 200: listAnswer },
  }),
  add: operation({
    operationId: `addTo${name}`,
    tags: ['lists'],
    summary: `Puts an address or prefix on the ${words}; answers once the kernel judges by it.`,
    body: addBody,
    description: LATER,
    response: { 200: changed, 202: changed },
  }),
  remove: operation({
    operationId: `removeFrom${name}`,
    tags: ['lists'],
    summary: `Takes an address or prefix off the ${words}.`,
    querystring: removeQuery,
    description: LATER,
    response: { 200: changed, 202: changed },
  }),
})

export const addListRoutes = (app: App, deps: ListRouteDeps): void => {
  addRoutesOf(app, '/blacklist', 'deny', deps)
  addRoutesOf(app, '/whitelist', 'allow', deps)
}

const addRoutesOf = (
  app: App,
  path: string,
  list: ListName,
  { fleet, lists, listSync, wallClock, response, auth }: ListRouteDeps,
): void => {
  const operations =
    list === 'deny'
      ? operationsOf('DenyList', 'deny list')
      : operationsOf('AllowList', 'allow list')
  /** Without any agent nobody would judge by it, now or later. */
  const requireAgent = (): void => {
    if (fleet.names().length === 0) throw new NetscopeError('agent.away')
  }

  app.get(path, { schema: operations.get, config: { etag: true } }, async ({ query }) => {
    const { total, entries } = lists.find(list, query)
    return { ips: entries.map(({ prefix }) => prefix), total, entries }
  })

  app.post(path, { schema: operations.add }, async (request, reply) => {
    requireAgent()
    const { ip, reason = '', expiresInSeconds } = request.body
    const parsed = parsePrefix(ip)
    const prefix = parsed.text
    // Who denied it could not take it back: the way to this very API would be closed.
    if (list === 'deny' && holdsLoopback(parsed))
      throw new NetscopeError('list.covers-everything', { prefix })
    const reachable = list === 'deny' ? await reachableIn(parsed, response) : []
    if (reachable.length > 0) reply.header('netscope-reachable', reachable.join(', '))
    const origin = isFromPage(request) ? 'page' : 'api'
    const expiresAtMs = expiresInSeconds === undefined ? 0 : wallClock() + expiresInSeconds * 1000
    const { principal, ip: from } = request
    const author = principal.name
    const entry = { prefix, reason, origin, author, createdAtMs: wallClock(), expiresAtMs }
    const outcome = await listSync.add(list, { ...entry, agent: '' })
    const after = {
      ...{ list, reason, origin, expiresAtMs },
      ...(reachable.length > 0 && { reachable }),
    }
    auth.audit.record({ principal, action: 'list.add', target: prefix, after, from })
    return answer(reply, prefix, outcome, fleet.names())
  })

  app.delete(path, { schema: operations.remove }, async ({ query, principal, ip: from }, reply) => {
    requireAgent()
    const prefix = parsePrefix(query.ip).text
    const outcome = await listSync.remove(list, prefix)
    if (!outcome) throw new NetscopeError('list.not-found', { prefix, list })
    auth.audit.record({ principal, action: 'list.remove', target: prefix, before: { list }, from })
    return answer(reply, prefix, outcome, fleet.names())
  })
}

/** Of a header and the audit log. */
const MOST_REACHABLE = 64

/** What is protected within the prefix, which agents let pass from now on; throws `block.protected`. */
const reachableIn = async (
  prefix: Prefix,
  { protected: protectedOnes, pins }: ListRouteDeps['response'],
): Promise<string[]> => {
  refuseProtected(prefix.text, protectedOnes, false)
  const { within, refusal } = await pins.ensure(prefix, '')
  if (refusal !== '')
    throw new NetscopeError('block.unpinned', { target: prefix.text, reason: refusal })
  return [...new Set(within.map((of) => of.prefix))].slice(0, MOST_REACHABLE)
}

const answer = (
  reply: FastifyReply,
  ip: string,
  { confirmed }: Outcome,
  agents: readonly string[],
) => {
  const pending = agents.filter((name) => !confirmed.includes(name))
  reply.code(confirmed.length === 0 ? 202 : 200)
  return { ok: true as const, ip, ...(pending.length > 0 && { pending }) }
}
