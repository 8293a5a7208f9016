/** Actions: what was done about alerts or by hand, what waits for a person, and what no block may hit. */
import { createReadStream, existsSync } from 'node:fs'
import { NetscopeError } from '@netscope/core/errors.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { Type } from 'typebox'
import { ACTION_STATES } from '../respond/action.ts'
import type { ActionState } from '../respond/action.ts'
import type { ActionStore } from '../respond/action-store.ts'
import type { Actions } from '../respond/actions.ts'
import type { Decisions } from '../respond/decisions.ts'
import { captureFile } from '../respond/extras.ts'
import { reachableText } from '../respond/plan.ts'
import { previewText } from '../respond/preview.ts'
import type { Previews } from '../respond/preview.ts'
import type { Protected } from '../respond/protected.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { reaches } from '../auth/principal.ts'
import { LINE } from '../declared/pattern-words.ts'
import type { App } from './app-types.ts'
import { holdsLoopback } from './loopback.ts'
import { answerOf, BODY_OPTIONAL, operation, STRICT } from './operation.ts'
import { isFromPage } from './origin-check.ts'
import { pageFields, pageParams, readCursor, writeCursor } from './paging.ts'
import {
  actionSchema,
  blockPreviewSchema,
  protectedSchema,
  shownAction,
  shownProtected,
} from './respond-schema.ts'

const TEN_YEARS_SECONDS = 315_360_000
const idParams = Type.Object({ id: Type.String({ maxLength: 64 }) })
const reason = Type.String({ maxLength: 200, pattern: LINE })
const reasonBody = Type.Object({ reason: Type.Optional(reason) }, STRICT)
const tags = ['respond'] as const

const LIST = operation({
  operationId: 'listActions',
  tags,
  summary: 'What was done, is asked or would have been done, the newest first.',
  querystring: Type.Object(
    {
      ...pageParams,
      state: Type.Optional(
        Type.String({
          maxLength: 120,
          description: `One of ${ACTION_STATES.join(', ')}, or several with commas.`,
        }),
      ),
      policy: Type.Optional(Type.String({ maxLength: 40 })),
      target: Type.Optional(Type.String({ maxLength: 64 })),
      alert: Type.Optional(Type.String({ maxLength: 64 })),
      inForce: Type.Optional(Type.Boolean()),
    },
    STRICT,
  ),
  response: { 200: Type.Object({ actions: Type.Array(actionSchema), ...pageFields }) },
})
const GET = operation({
  operationId: 'getAction',
  tags,
  summary: 'One action with all its steps.',
  params: idParams,
  response: { 200: actionSchema },
})
const BLOCK = operation({
  operationId: 'blockAddress',
  tags,
  summary: 'Blocks an address or prefix by hand; answers once the kernel judges by it.',
  description:
    'Its connections are ended, the kernel’s counters are looked at after respond.verifySeconds, and it can be undone by its id. What is protected is refused; an admin can insist with `override`, but not on own addresses and gateways.',
  body: Type.Object(
    {
      ip: Type.String({ maxLength: 64 }),
      reason: Type.Optional(reason),
      expiresInSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: TEN_YEARS_SECONDS })),
      terminate: Type.Boolean({ default: true }),
      override: Type.Boolean({ default: false }),
    },
    STRICT,
  ),
  response: { 201: actionSchema },
})
const PREVIEW = operation({
  operationId: 'previewBlock',
  tags,
  summary: 'What a block of an address or prefix would have met in the last days.',
  querystring: Type.Object({ ip: Type.String({ maxLength: 64 }) }, STRICT),
  response: { 200: blockPreviewSchema },
})
const decide = <const Id extends string>(operationId: Id, summary: string) =>
  operation({
    ...{ operationId, tags, summary, params: idParams },
    body: reasonBody,
    response: { 200: actionSchema },
  })
const APPROVE = decide(
  'approveAction',
  'Approves an action that waits for a person: it is done now.',
)
const REJECT = decide('rejectAction', 'Rejects an action that waits for a person.')
const UNDO = decide('undoAction', 'Undoes an action that is in force; answers once packets pass.')
const LINK = operation({
  operationId: 'linkAction',
  tags,
  summary: 'A link by which one person can approve or reject an action that waits, once.',
  params: idParams,
  response: {
    201: Type.Object({
      path: Type.String({ description: 'On this server; told once.' }),
      expiresAt: Type.String({ format: 'date-time' }),
    }),
  },
})
const CAPTURE = operation({
  operationId: 'getActionCapture',
  tags,
  summary: 'The packets that were captured because of an action, as pcapng.',
  params: idParams,
  response: { 200: answerOf('application/x-pcapng', 'A pcapng file.') },
})
const PROTECTED = operation({
  operationId: 'listProtected',
  tags,
  summary: 'Addresses that no block may hit, with the reason, the gravest first.',
  response: { 200: Type.Object({ protected: Type.Array(protectedSchema) }) },
})

export interface ActionRouteDeps {
  actions: Actions
  actionStore: Pick<ActionStore, 'page'>
  decisions: Decisions
  previews: Previews
  protected: Pick<Protected, 'all' | 'hit' | 'within'>
  fleet: Pick<Fleet, 'names'>
  /** Folder of the server. */
  storagePath: string
}

const readStates = (text: string | undefined): ActionState[] | undefined => {
  if (text === undefined) return undefined
  const states = text.split(',').map((word) => word.trim())
  const wrong = states.find((word) => !(ACTION_STATES as readonly string[]).includes(word))
  if (wrong === undefined) return states as ActionState[]
  throw new NetscopeError('query.invalid', {
    name: 'state',
    reason: `${JSON.stringify(wrong)} is none.`,
    allowed: ACTION_STATES.join(', '),
  })
}

const placeOf = (cursor: string | undefined): readonly [number, string] | undefined => {
  if (cursor === undefined) return undefined
  const [atMs, id] = readCursor(cursor)
  return [Number(atMs) || 0, String(id)]
}

export const addActionRoutes = (app: App, deps: ActionRouteDeps): void => {
  const { actions, decisions } = deps

  app.get('/api/v1/actions', { schema: LIST }, async ({ query }) => {
    const { limit, cursor, state, ...rest } = query
    const found = deps.actionStore.page({
      ...rest,
      states: readStates(state),
      limit: limit + 1,
      after: placeOf(cursor),
    })
    const shown = found.actions.slice(0, limit)
    const last = shown.at(-1)
    const hasMore = found.actions.length > limit
    return {
      actions: shown.map(shownAction),
      total: found.total,
      ...(last && hasMore && { nextCursor: writeCursor([last.createdAtMs, last.id]) }),
    }
  })
  app.get('/api/v1/actions/:id', { schema: GET }, async ({ params }) =>
    shownAction(actions.find(params.id)),
  )
  app.get('/api/v1/protected', { schema: PROTECTED }, async () => ({
    protected: deps.protected.all().map(shownProtected),
  }))

  app.get('/api/v1/actions/preview', { schema: PREVIEW }, async ({ query }) => {
    const prefix = parsePrefix(query.ip)
    const found = await deps.previews.of(prefix.text, '')
    const hit = deps.protected.hit(prefix)
    const named = hit ? [`${hit.prefix}: ${hit.kind}, ${hit.reason}`] : []
    const within = deps.protected.within(prefix)
    const reachable = [...new Set(within.map((of) => of.prefix))]
    const text = [previewText(found), reachableText(within)].filter(Boolean).join('; ')
    return { target: prefix.text, ...found, protected: named, reachable, text }
  })

  app.post('/api/v1/actions', { schema: BLOCK }, async (request, reply) => {
    const { body, principal, ip: from } = request
    if (deps.fleet.names().length === 0) throw new NetscopeError('agent.away')
    const { ip, reason: why = '', expiresInSeconds: forSeconds = 0, terminate, override } = body
    const prefix = parsePrefix(ip)
    if (holdsLoopback(prefix))
      throw new NetscopeError('list.covers-everything', { prefix: prefix.text })
    if (override && !reaches(principal.role, 'admin'))
      throw new NetscopeError('auth.forbidden', {
        ...{ name: principal.name, role: principal.role, needed: 'admin' },
      })
    const origin = isFromPage(request) ? 'page' : 'api'
    const wanted = { ip, reason: why, forSeconds, terminate, override, origin }
    const action = await decisions.block(wanted, { principal, from })
    return reply.code(201).send(shownAction(action))
  })

  const optional = BODY_OPTIONAL
  app.post('/api/v1/actions/:id/approve', { schema: APPROVE, ...optional }, async (request) => {
    const { params, principal, ip: from } = request
    return shownAction(await decisions.approve(params.id, { principal, from }))
  })
  app.post('/api/v1/actions/:id/reject', { schema: REJECT, ...optional }, async (request) => {
    const { params, body, principal, ip: from } = request
    return shownAction(decisions.reject(params.id, body.reason ?? '', { principal, from }))
  })
  app.post('/api/v1/actions/:id/undo', { schema: UNDO, ...optional }, async (request) => {
    const { params, body, principal, ip: from } = request
    return shownAction(await decisions.undo(params.id, body.reason ?? '', { principal, from }))
  })
  app.post('/api/v1/actions/:id/link', { schema: LINK }, async ({ params }, reply) => {
    const { secret, expiresAtMs } = decisions.link(params.id)
    const expiresAt = new Date(expiresAtMs).toISOString()
    return reply.code(201).send({ path: `/api/v1/approvals/${secret}`, expiresAt })
  })
  app.get('/api/v1/actions/:id/capture', { schema: CAPTURE }, async ({ params }, reply) => {
    const path = captureFile(deps.storagePath, actions.find(params.id).id)
    if (!existsSync(path)) throw new NetscopeError('action.no-capture', { id: params.id })
    return reply.type('application/x-pcapng').send(createReadStream(path))
  })
}
