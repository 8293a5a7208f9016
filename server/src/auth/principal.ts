/** Who asks, and what the three roles may do. */

export const ROLES = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof ROLES)[number]

export interface Principal {
  /** `local`: a program of this machine that read the local token; `anonymous`: nobody has signed in. */
  kind: 'user' | 'token' | 'local' | 'anonymous'
  /** Of the user or of the token; stays the same when the name changes. */
  id: string
  name: string
  role: Role | 'none'
  /** Parts of the API that a token is confined to; empty: all that its role may. */
  scopes: readonly string[]
  /** Of a user who has signed in. */
  sessionId?: string
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard before anything else looks at the request. */
    principal: Principal
  }
}

export const ANONYMOUS: Principal = {
  kind: 'anonymous',
  id: '',
  name: 'anonymous',
  role: 'none',
  scopes: [],
}

const RANK = { none: 0, viewer: 1, operator: 2, admin: 3 } as const

/** A role may do everything that the ones below it may. */
export const reaches = (role: Principal['role'], needed: Role): boolean =>
  RANK[role] >= RANK[needed]

export const lowerRole = (a: Role, b: Role): Role => (RANK[a] <= RANK[b] ? a : b)
