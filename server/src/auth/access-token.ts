/** Access tokens: JSON Web Tokens (RFC 9068) that live for minutes, signed with a key that never leaves the server. */
import { jwtVerify, SignJWT } from 'jose'
import type { Session } from './sessions.ts'

const ALGORITHM = 'HS256'
const TYPE = 'at+jwt'
const ISSUER = 'netscope'
const AUDIENCE = 'netscope-api'
export const ACCESS_TOKEN_SECONDS = 900
/** Tokens are verified once and remembered: a page asks with the same one many times. */
const MOST_REMEMBERED = 1000
/** Longer ones are none of ours. */
const LONGEST = 1000

export interface AccessTokens {
  issue(session: Session): Promise<string>
  /** The session that a token is of; undefined: expired, forged, or no token of ours. */
  verify(token: string): Promise<Session | undefined>
}

interface Verified extends Session {
  expiresAtMs: number
}

export const createAccessTokens = (key: Uint8Array, wallClock: () => number): AccessTokens => {
  const remembered = new Map<string, Verified>()

  const remember = (token: string, verified: Verified): void => {
    const [oldest] = remembered.keys()
    if (remembered.size >= MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest)
    remembered.set(token, verified)
  }

  const check = async (token: string): Promise<Verified | undefined> => {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'sid', 'exp'],
        currentDate: new Date(wallClock()),
      })
      const { sub, sid, exp } = payload
      if (sub === undefined || typeof sid !== 'string' || exp === undefined) return undefined
      return { userId: sub, id: sid, expiresAtMs: exp * 1000 }
    } catch {
      // Whatever is wrong with it, the answer is the same.
      return undefined
    }
  }

  return {
    issue: ({ id, userId }) => {
      const now = Math.floor(wallClock() / 1000)
      return new SignJWT({ sid: id })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(now)
        .setExpirationTime(now + ACCESS_TOKEN_SECONDS)
        .sign(key)
    },
    verify: async (token) => {
      if (token.length > LONGEST) return undefined
      const known = remembered.get(token)
      if (known && known.expiresAtMs > wallClock()) return known
      remembered.delete(token)
      const verified = await check(token)
      if (verified) remember(token, verified)
      return verified
    },
  }
}
