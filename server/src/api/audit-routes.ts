/** The audit log: pages, all of it as lines of JSON, and whether it is whole. */
import { Readable } from 'node:stream'
import { NetscopeError } from '@netscope/core/errors.ts'
import { Type } from 'typebox'
import type { Audit, AuditHead } from '../auth/audit.ts'
import type { App } from './app-types.ts'
import { answerOf, operation, STRICT } from './operation.ts'
import { readCursor, writeCursor } from './paging.ts'

const value = Type.Unsafe<unknown>({ description: 'Any JSON.' })

const entrySchema = Type.Object(
  {
    seq: Type.Integer({ description: 'From 1, without gaps.' }),
    atMs: Type.Integer(),
    principal: Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() }),
    action: Type.String({ description: 'What was done, such as list.add.' }),
    target: Type.String({ description: 'What it was done to.' }),
    before: Type.Optional(value),
    after: Type.Optional(value),
    from: Type.String({ description: 'Address that it was asked from.' }),
    previousHash: Type.String(),
    hash: Type.String({ description: 'docs/reference/accounts.md says over what.' }),
  },
  { title: 'AuditEntry' },
)
const head = Type.Object({ seq: Type.Integer(), hash: Type.String() })

const LIST = operation({
  operationId: 'listAudit',
  tags: ['users'],
  summary: 'Changes, the newest first.',
  querystring: Type.Object(
    {
      limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
      cursor: Type.Optional(Type.String({ maxLength: 1024 })),
      action: Type.Optional(Type.String({ maxLength: 64 })),
    },
    STRICT,
  ),
  response: {
    200: Type.Object({
      entries: Type.Array(entrySchema),
      nextCursor: Type.Optional(Type.String()),
    }),
  },
})
const EXPORT = operation({
  operationId: 'exportAudit',
  tags: ['users'],
  summary: 'The whole log, the oldest first, one entry per line.',
  response: { 200: answerOf('application/x-ndjson', 'Lines of JSON, each an AuditEntry.') },
})
const VERIFY = operation({
  operationId: 'verifyAudit',
  tags: ['users'],
  summary: 'Whether no entry was changed, left out or taken away.',
  description:
    '`seq` and `hash` of an earlier head, noted down elsewhere, also find a log that was written anew.',
  querystring: Type.Object(
    {
      seq: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
      hash: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
    },
    STRICT,
  ),
  response: {
    200: Type.Object(
      {
        ok: Type.Boolean(),
        entries: Type.Integer({ description: 'That are whole.' }),
        head,
        problem: Type.Optional(Type.String()),
      },
      { title: 'AuditCheck' },
    ),
  },
})

export const addAuditRoutes = (app: App, { audit }: { audit: Audit }): void => {
  app.get('/api/v1/audit', { schema: LIST }, async ({ query }) => {
    const { limit, cursor, action } = query
    const entries = audit.page(limit, cursor === undefined ? undefined : readSeq(cursor), action)
    const last = entries.at(-1)
    const isLast = last === undefined || entries.length < limit
    return { entries, ...(!isLast && { nextCursor: writeCursor([last.seq]) }) }
  })

  app.get('/api/v1/audit/export', { schema: EXPORT }, async (_request, reply) =>
    reply
      .type('application/x-ndjson')
      .header('content-disposition', 'attachment; filename="netscope-audit.ndjson"')
      .send(Readable.from(linesOf(audit)) as unknown as string),
  )

  app.get('/api/v1/audit/verify', { schema: VERIFY }, async ({ query }) =>
    audit.verify(anchorOf(query)),
  )
}

function* linesOf(audit: Audit): Generator<string> {
  for (const entry of audit.entries()) yield `${JSON.stringify(entry)}\n`
}

const readSeq = (cursor: string): number => {
  const [seq] = readCursor(cursor)
  if (Number.isSafeInteger(seq)) return Number(seq)
  const allowed = '`nextCursor` of the page before'
  throw new NetscopeError('query.invalid', { name: 'cursor', reason: 'it is none.', allowed })
}

const anchorOf = ({ seq, hash }: { seq?: number; hash?: string }): AuditHead | undefined => {
  if (seq !== undefined && hash !== undefined) return { seq, hash }
  if (seq === undefined && hash === undefined) return undefined
  const [name, allowed] = [seq === undefined ? 'seq' : 'hash', 'both or none of seq and hash']
  throw new NetscopeError('query.invalid', { name, reason: 'it is missing.', allowed })
}
