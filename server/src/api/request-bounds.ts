/** Rate limits of requests: per account or token, and per address where there are no credentials. */
import type { ApiSection } from '@netscope/core/config/api.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './app-types.ts'
import { createRateLimit } from './rate-limit.ts'

/** A page that opens asks for a dozen things at once. */
const BURST_SECONDS = 2

export type ApiBounds = Pick<ApiSection, 'requestsPerSecond' | 'anonymousRequestsPerSecond'>

export interface RequestBounds {
  /** To be called after the guard was added, which says who asks. */
  addTo(app: App): void
  /** Counts a request whose credentials were refused against its address; throws `request.too-many`. */
  takeRefused(request: FastifyRequest): void
}

export const createRequestBounds = (
  bounds: ApiBounds,
  { now }: { now(): number },
): RequestBounds => {
  const limit = createRateLimit({ burstSeconds: BURST_SECONDS })

  const takeOfAddress = ({ ip }: FastifyRequest): void =>
    limit.take(`address ${ip}`, bounds.anonymousRequestsPerSecond, now())

  return {
    takeRefused: takeOfAddress,
    addTo: (app) =>
      void app.addHook('onRequest', async (request) => {
        const { kind, id } = request.principal
        if (kind === 'anonymous') takeOfAddress(request)
        else limit.take(`${kind} ${id}`, bounds.requestsPerSecond, now())
      }),
  }
}

/** Whose `seconds` say when. */
const RETRYABLE: ReadonlySet<string> = new Set(['request.too-many', 'auth.wait'])

/** RFC 9110, section 10.2.3. */
export const setRetryAfter = (error: unknown, reply: FastifyReply): void => {
  if (error instanceof NetscopeError && RETRYABLE.has(error.code))
    reply.header('retry-after', String(error.params['seconds']))
}
