/** Who holds a token, and whether what was let in is still good. */
import type { AccessTokens } from './access-token.ts'
import type { ApiToken, ApiTokens } from './api-tokens.ts'
import type { LocalTokenFile } from './local-token.ts'
import { lowerRole, type Principal } from './principal.ts'
import type { Sessions } from './sessions.ts'
import type { Users } from './users.ts'

export interface Authenticator {
  /** undefined: expired, revoked, forged, or none of ours. `isLocal`: the request comes from this machine. */
  authenticate(token: string, isLocal: boolean): Promise<Principal | undefined>
  /** Whether nothing was revoked since; for answers that take long, such as streams. */
  isStillGood(principal: Principal): boolean
}

export interface AuthenticatorDeps {
  accessTokens: AccessTokens
  apiTokens: ApiTokens
  sessions: Sessions
  users: Users
  localToken: LocalTokenFile
}

export const LOCAL_PRINCIPAL: Principal = {
  kind: 'local',
  id: 'local',
  name: 'local',
  role: 'admin',
  scopes: [],
}

export const createAuthenticator = (deps: AuthenticatorDeps): Authenticator => {
  const { accessTokens, apiTokens, sessions, users, localToken } = deps

  const ofSession = async (token: string): Promise<Principal | undefined> => {
    const session = await accessTokens.verify(token)
    if (!session || !sessions.isOpen(session.id, session.userId)) return undefined
    const user = users.byId(session.userId)
    if (!user || user.disabled) return undefined
    const { id, name, role } = user
    return { kind: 'user', id, name, role, scopes: [], sessionId: session.id }
  }

  /** Never more than its owner may now; undefined: the owner may nothing any more. */
  const roleOf = ({ userId, role }: ApiToken): Principal['role'] | undefined => {
    if (userId === '') return role
    const owner = users.byId(userId)
    return owner && !owner.disabled ? lowerRole(role, owner.role) : undefined
  }

  const ofApiToken = (secret: string): Principal | undefined => {
    const token = apiTokens.find(secret)
    const role = token && roleOf(token)
    if (!role) return undefined
    return { kind: 'token', id: token.id, name: token.name, role, scopes: token.scopes }
  }

  return {
    authenticate: async (token, isLocal) => {
      if (token.startsWith('nst_')) return ofApiToken(token)
      if (token.startsWith('nsl_'))
        return isLocal && localToken.matches(token) ? LOCAL_PRINCIPAL : undefined
      return ofSession(token)
    },
    isStillGood: ({ kind, id, role, sessionId }) => {
      if (kind === 'token') {
        const token = apiTokens.byId(id)
        return token !== undefined && apiTokens.isValid(id) && roleOf(token) === role
      }
      if (kind !== 'user') return true
      const user = users.byId(id)
      const isSame = user !== undefined && !user.disabled && user.role === role
      return isSame && sessionId !== undefined && sessions.isOpen(sessionId, id)
    },
  }
}
