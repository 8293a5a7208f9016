/** Rate limits of requests: per account or token, and per address where there are no credentials. */
import type { ApiSection } from '@netscope/core/config/api.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ANONYMOUS } from '../auth/principal.ts'
import type { App } from './app-types.ts'
import { createRateLimit } from './rate-limit.ts'

/** A page that opens asks for a dozen things at once. */
const BURST_SECONDS = 2

export type ApiBounds = Pick<ApiSection, 'requestsPerSecond' | 'anonymousRequestsPerSecond'>

export interface RequestBounds {
  /** Counts a request whose credentials were refused against its address; throws `request.too-many`. */
  takeRefused(request: FastifyRequest): void
}

/** To be added after the guard, which says who asks. */
export const addRequestBounds = (
  app: App,
  bounds: ApiBounds,
  { now }: { now(): number },
): RequestBounds => {
  const limit = createRateLimit({ burstSeconds: BURST_SECONDS })

  const takeOfAddress = ({ ip }: FastifyRequest): void =>
    limit.take(`address ${ip}`, bounds.anonymousRequestsPerSecond, now())

  app.addHook('onRequest', async (request) => {
    const { kind, id } = request.principal ?? ANONYMOUS
    if (kind === 'anonymous') takeOfAddress(request)
    else limit.take(`${kind} ${id}`, bounds.requestsPerSecond, now())
  })
  return { takeRefused: takeOfAddress }
}

/** Whose `seconds` say when. */
const RETRYABLE: ReadonlySet<string> = new Set(['request.too-many', 'auth.wait'])

/** RFC 9110, section 10.2.3. */
export const setRetryAfter = (error: unknown, reply: FastifyReply): void => {
  if (error instanceof NetscopeError && RETRYABLE.has(error.code))
    reply.header('retry-after', String(error.params['seconds']))
}
