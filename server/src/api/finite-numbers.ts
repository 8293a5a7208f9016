/** Refuses `1e309` in a query: ajv makes Infinity of it, which no minimum and no maximum refuses any more. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { App } from './app-types.ts'

export const refuseInfinite = (app: App): void => {
  app.addHook('preHandler', async ({ query }) => {
    for (const [name, value] of Object.entries(query as Record<string, unknown>))
      if (typeof value === 'number' && !Number.isFinite(value))
        throw new NetscopeError('query.invalid', {
          name,
          reason: 'the number is too large.',
          allowed: 'numbers of ordinary size',
        })
  })
}
