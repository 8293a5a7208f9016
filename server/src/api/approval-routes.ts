/**
 * The page behind a link that approves an action: looking at it does nothing, so that what scans mails decides nothing;
 * only its buttons act, once. Who has the link needs no account.
 */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { ANONYMOUS } from '../auth/principal.ts'
import type { Action } from '../respond/action.ts'
import type { Decisions } from '../respond/decisions.ts'
import { previewText } from '../respond/preview.ts'
import type { App } from './app-types.ts'
import { answerOf, operation, STRICT } from './operation.ts'

const params = Type.Object({ token: Type.String({ maxLength: 64 }) })
const SHOW = operation({
  operationId: 'showApproval',
  tags: ['respond'],
  summary: 'What an approval link is about, with a button for each answer; changes nothing.',
  params,
  response: { 200: answerOf('text/html', 'A page.') },
})
const DECIDE = operation({
  operationId: 'decideApproval',
  tags: ['respond'],
  summary: 'Answers by an approval link, once.',
  params,
  body: Type.Object({ decision: Type.Enum(['approve', 'reject']) }, STRICT),
  response: { 200: answerOf('text/html', 'A page that says what came of it.') },
})

export interface ApprovalRouteDeps {
  decisions: Pick<Decisions, 'linked' | 'useLink' | 'approve' | 'reject'>
}

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><body><h1>${escaped(title)}</h1>${body}</body></html>`

const asked = (action: Action): string => {
  const preview = action.preview ? `<p>It ${escaped(previewText(action.preview))}.</p>` : ''
  return page(
    `Block ${action.target}?`,
    `<p>${escaped(action.title)}</p><p>The policy ${escaped(action.policy)} asks, for ${action.forSeconds} s.</p>${preview}<form method="post"><button name="decision" value="approve">Approve</button> <button name="decision" value="reject">Reject</button></form>`,
  )
}

/** The form must reach us, and say that it comes from us. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'x-robots-tag': 'noindex',
}
const HTML = 'text/html; charset=utf-8'

/** A browser shows people what is wrong as a page, too; programs get the error. */
const send = async (
  request: FastifyRequest,
  reply: FastifyReply,
  made: () => string | Promise<string>,
): Promise<void> => {
  reply.headers(HEADERS)
  try {
    const html = await made()
    reply.type(HTML).send(html)
  } catch (error) {
    const isShown = request.headers.accept?.includes('text/html') === true
    if (!(error instanceof NetscopeError) || !isShown) throw error
    const words = `<p>${escaped(error.message)}</p><p>${escaped(error.remedy)}</p>`
    reply.code(error.status).type(HTML).send(page('Nothing was done', words))
  }
}

/** What became of it; a note tells only what came of that. */
const noted = ({ target, steps }: Action): string => {
  const last = steps.findLast(({ state }) => state !== 'note')
  const words = last ? `${last.state}, ${last.reason}` : 'noted'
  return page('Noted', `<p>${escaped(`${target}: ${words}`)}</p>`)
}

export const addApprovalRoutes = (app: App, { decisions }: ApprovalRouteDeps): void => {
  app.get('/api/v1/approvals/:token', { schema: SHOW }, async (request, reply) => {
    await send(request, reply, () => asked(decisions.linked(request.params.token)))
    return reply
  })

  app.post('/api/v1/approvals/:token', { schema: DECIDE }, async (request, reply) => {
    const { params: of, body, ip: from } = request
    await send(request, reply, async () => {
      const { id } = decisions.useLink(of.token)
      const actor = { principal: { ...ANONYMOUS, name: 'approval link' }, from }
      const isApproved = body.decision === 'approve'
      return noted(
        isApproved ? await decisions.approve(id, actor) : decisions.reject(id, 'by link', actor),
      )
    })
    return reply
  })
}
