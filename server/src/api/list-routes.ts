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

const listEntry = Type.Object({
  prefix: Type.String(),
  reason: Type.String(),
  origin: Type.String(),
  author: Type.String(),
  createdAtMs: Type.Number(),
  expiresAtMs: Type.Number(),
})
const listPage = Compile(Type.Object({ total: Type.Number(), entries: Type.Array(listEntry) }))
const removeResult = Compile(Type.Object({ removed: Type.Number() }))

export interface ListRouteDeps {
  commands: Commands
  /** Milliseconds since 1970. */
  wallClock(): number
}

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
  app.get(path, { schema: { querystring: listQuery } }, async ({ query }) => {
    const [page] = await commands.sendToAll({ name: 'list.get', list, ...query })
    if (!listPage.Check(page)) throw unexpected('list.get')
    const entries: ListEntry[] = page.entries
    return { ips: entries.map(({ prefix }) => prefix), total: page.total, entries }
  })

  app.post(path, { schema: { body: addBody } }, async (request) => {
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
    return { ok: true, ip: prefix }
  })

  app.delete(path, { schema: { querystring: removeQuery } }, async ({ query }) => {
    const prefix = parsePrefix(query.ip).text
    const results = await commands.sendToAll({ name: 'list.remove', list, prefixes: [prefix] })
    let removed = 0
    for (const result of results) {
      if (!removeResult.Check(result)) throw unexpected('list.remove')
      removed += result.removed
    }
    if (removed === 0) throw new NetscopeError('list.not-found', { prefix, list })
    return { ok: true, ip: prefix }
  })
}

const unexpected = (command: string) =>
  new NetscopeError('agent.failed', { command, reason: 'its answer has another form than agreed' })
