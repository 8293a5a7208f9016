/** GET, POST and DELETE of /blacklist (the deny list) and /whitelist (the allow list). */
import { NetscopeError } from '@netscope/core/errors.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { ListEntry, ListName } from '@netscope/core/wire.ts'
import { Type } from 'typebox'
import { Compile } from 'typebox/schema'
import type { Commands } from '../commands.ts'
import type { App } from './app-types.ts'
import { isFromPage } from './guard.ts'
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
    reason: Type.Optional(Type.String({ maxLength: 200, pattern: '^\\P{Cc}*$' })),
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
const listPage = Compile(Type.Object({ total: Type.Number(), entries: Type.Array(listEntry) }))
const listAnswer = Type.Object(
  { ips: Type.Array(Type.String()), total: Type.Integer(), entries: Type.Array(listEntry) },
  { title: 'ListPage' },
)
const changed = Type.Object({ ok: Type.Literal(true), ip: Type.String() }, { title: 'ListChanged' })
const removeResult = Compile(Type.Object({ removed: Type.Number() }))

export interface ListRouteDeps {
  commands: Commands
  /** Milliseconds since 1970. */
  wallClock(): number
}

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
    response: { 200: changed },
  }),
  remove: operation({
    operationId: `removeFrom${name}`,
    tags: ['lists'],
    summary: `Takes an address or prefix off the ${words}.`,
    querystring: removeQuery,
    response: { 200: changed },
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
  { commands, wallClock }: ListRouteDeps,
): void => {
  const operations =
    list === 'deny'
      ? operationsOf('DenyList', 'deny list')
      : operationsOf('AllowList', 'allow list')
  app.get(path, { schema: operations.get, config: { etag: true } }, async ({ query }) => {
    const [page] = await commands.sendToAll({ name: 'list.get', list, ...query })
    if (!listPage.Check(page)) throw unexpected('list.get')
    const entries: ListEntry[] = page.entries
    return { ips: entries.map(({ prefix }) => prefix), total: page.total, entries }
  })

  app.post(path, { schema: operations.add }, async (request) => {
    const { ip, reason = '', expiresInSeconds } = request.body
    const parsed = parsePrefix(ip)
    const prefix = parsed.text
    // Who denied it could not take it back: the way to this very API would be closed.
    if (list === 'deny' && holdsLoopback(parsed))
      throw new NetscopeError('list.covers-everything', { prefix })
    const origin = isFromPage(request) ? 'page' : 'api'
    const expiresAtMs = expiresInSeconds === undefined ? 0 : wallClock() + expiresInSeconds * 1000
    const entry = { prefix, reason, origin, author: '', expiresAtMs }
    await commands.sendToAll({ name: 'list.add', list, entries: [entry] })
    return { ok: true as const, ip: prefix }
  })

  app.delete(path, { schema: operations.remove }, async ({ query }) => {
    const prefix = parsePrefix(query.ip).text
    const results = await commands.sendToAll({ name: 'list.remove', list, prefixes: [prefix] })
    let removed = 0
    for (const result of results) {
      if (!removeResult.Check(result)) throw unexpected('list.remove')
      removed += result.removed
    }
    if (removed === 0) throw new NetscopeError('list.not-found', { prefix, list })
    return { ok: true as const, ip: prefix }
  })
}

const unexpected = (command: string) =>
  new NetscopeError('agent.failed', { command, reason: 'its answer has another form than agreed' })
