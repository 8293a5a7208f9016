/** Policies: which alerts are answered with what. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { Type } from 'typebox'
import { parseAlertQuery } from '../alerts/alert-query.ts'
import type { Audit } from '../auth/audit.ts'
import { namedHosts } from '../respond/named-sources.ts'
import type { Policies } from '../respond/policies.ts'
import { MODES } from '../respond/policy.ts'
import type { Policy } from '../respond/policy.ts'
import type { PreviewPolicy } from '../respond/policy-preview.ts'
import { PolicyProblem, policyOf, policySpec } from '../respond/policy-spec.ts'
import type { PolicySpec } from '../respond/policy-spec.ts'
import type { Protected, ProtectedAddress } from '../respond/protected.ts'
import type { App } from './app-types.ts'
import { operation, STRICT } from './operation.ts'
import {
  policyPreviewSchema,
  policySchema,
  shownPolicy,
  shownPolicyPreview,
} from './respond-schema.ts'

const nameParams = Type.Object({ name: Type.String({ maxLength: 40 }) })
const tags = ['respond'] as const
const TRIAL =
  'One that enforces is on trial first: unless it is confirmed in time, what it did is undone and it only observes. It is refused if it names a protected address, or would have hit one in the last days.'

const LIST = operation({
  operationId: 'listPolicies',
  tags,
  summary: 'All policies, those of the file first.',
  response: { 200: Type.Object({ policies: Type.Array(policySchema) }) },
})
const GET = operation({
  operationId: 'getPolicy',
  tags,
  summary: 'One policy.',
  params: nameParams,
  response: { 200: policySchema },
})
const ADD = operation({
  operationId: 'addPolicy',
  tags,
  summary: 'Makes a policy.',
  description: TRIAL,
  body: policySpec,
  response: { 201: policySchema },
})
const REPLACE = operation({
  operationId: 'replacePolicy',
  tags,
  summary: 'Puts another policy in the place of one; a webhook of *** stays as it is.',
  description: TRIAL,
  params: nameParams,
  body: policySpec,
  response: { 200: policySchema },
})
const CHANGE = operation({
  operationId: 'changePolicy',
  tags,
  summary: 'Turns a policy on or off, or changes its mode.',
  description: TRIAL,
  params: nameParams,
  body: Type.Object(
    {
      enabled: Type.Optional(Type.Boolean()),
      mode: Type.Optional(Type.Enum([...MODES])),
    },
    STRICT,
  ),
  response: { 200: policySchema },
})
const REMOVE = operation({
  operationId: 'removePolicy',
  tags,
  summary: 'Removes a policy; what it did stays in force until it ends or is undone.',
  params: nameParams,
  response: { 204: Type.Null() },
})
const CONFIRM = operation({
  operationId: 'confirmPolicy',
  tags,
  summary: 'Ends the trial of a policy: it enforces from now on.',
  params: nameParams,
  response: { 200: policySchema },
})
const PREVIEW = operation({
  operationId: 'previewPolicy',
  tags,
  summary: 'What a policy would have done in the last days, if it enforced.',
  params: nameParams,
  response: { 200: policyPreviewSchema },
})
const PREVIEW_NEW = operation({
  operationId: 'previewNewPolicy',
  tags,
  summary: 'What a policy that is not made yet would have done in the last days, if it enforced.',
  body: policySpec,
  response: { 200: policyPreviewSchema },
})

export interface PolicyRouteDeps {
  policies: Policies
  previewPolicy: PreviewPolicy
  protected: Pick<Protected, 'hit'>
  auth: { audit: Audit }
}

const readPolicy = (spec: PolicySpec): Policy => {
  try {
    return policyOf(spec)
  } catch (error) {
    if (!(error instanceof PolicyProblem)) throw error
    const { place, message: reason, remedy } = error
    throw new NetscopeError('policy.invalid', { place, reason, remedy })
  }
}

export const addPolicyRoutes = (app: App, deps: PolicyRouteDeps): void => {
  const { policies, previewPolicy, auth } = deps

  const refused = ({ prefix, kind, reason }: ProtectedAddress) =>
    new NetscopeError('policy.protected', { prefix, kind, reason })

  /** What would cut people off is refused before it could. */
  const requireHarmless = async (policy: Policy): Promise<void> => {
    if (!policy.enabled || policy.mode === 'observe' || policy.do.block === 'no') return
    const parsed = parseAlertQuery(policy.when)
    const field = policy.do.side === 'source' ? 'src' : 'dst'
    for (const host of parsed.ok ? namedHosts(parsed.query.root, [field]) : []) {
      const hit = deps.protected.hit(host)
      if (hit) throw refused(hit)
    }
    const { hit } = await previewPolicy(policy)
    if (hit) throw refused(hit)
  }

  app.get('/api/v1/policies', { schema: LIST }, async () => ({
    policies: policies.all().map(shownPolicy),
  }))
  app.get('/api/v1/policies/:name', { schema: GET }, async ({ params }) =>
    shownPolicy(policies.find(params.name)),
  )

  app.post('/api/v1/policies', { schema: ADD }, async (request, reply) => {
    const { body, principal, ip: from } = request
    const policy = readPolicy(body)
    await requireHarmless(policy)
    const after = shownPolicy(policies.add(policy, principal.name))
    auth.audit.record({ principal, action: 'policy.add', target: policy.name, after, from })
    return reply.code(201).send(after)
  })

  const replace = async (
    policy: Policy,
    request: { principal: Parameters<Audit['record']>[0]['principal']; ip: string },
  ) => {
    const { principal, ip: from } = request
    const before = shownPolicy(policies.find(policy.name))
    await requireHarmless(policy)
    const after = shownPolicy(policies.replace(policy, principal.name))
    auth.audit.record({
      ...{ principal, action: 'policy.change', target: policy.name, before, after, from },
    })
    return after
  }

  app.put('/api/v1/policies/:name', { schema: REPLACE }, async (request) => {
    const { body, params } = request
    const before = policies.find(params.name)
    const policy = readPolicy({ ...body, name: params.name })
    if (policy.do.webhook === '***') policy.do.webhook = before.do.webhook
    return replace(policy, request)
  })

  app.patch('/api/v1/policies/:name', { schema: CHANGE }, async (request) => {
    const { enabled, mode } = request.body
    const { trial: _trial, modeNow: _now, ...before } = policies.find(request.params.name)
    const policy = { ...before, ...(enabled !== undefined && { enabled }), ...(mode && { mode }) }
    return replace(policy, request)
  })

  app.delete('/api/v1/policies/:name', { schema: REMOVE }, async (request, reply) => {
    const { params, principal, ip: from } = request
    const before = shownPolicy(policies.remove(params.name))
    auth.audit.record({ principal, action: 'policy.remove', target: params.name, before, from })
    return reply.code(204).send(null)
  })

  app.post('/api/v1/policies/:name/confirm', { schema: CONFIRM }, async (request) => {
    const { params, principal, ip: from } = request
    const after = shownPolicy(policies.confirm(params.name))
    auth.audit.record({ principal, action: 'policy.confirm', target: params.name, after, from })
    return after
  })

  app.get('/api/v1/policies/:name/preview', { schema: PREVIEW }, async ({ params }) =>
    shownPolicyPreview(await previewPolicy(policies.find(params.name))),
  )
  app.post('/api/v1/policies/preview', { schema: PREVIEW_NEW }, async ({ body }) =>
    shownPolicyPreview(await previewPolicy(readPolicy(body))),
  )
}
