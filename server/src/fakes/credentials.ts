/** For tests: users of each role, and tokens of every kind that should or should not be let in. */
import { randomBytes } from 'node:crypto'
import { createAccessTokens } from '../auth/access-token.ts'
import { loadKeys } from '../auth/keys.ts'
import type { Role } from '../auth/principal.ts'
import type { Session } from '../auth/sessions.ts'
import type { RunningServer } from './running-server.ts'

const CLIENT = { address: '192.0.2.1', client: 'test' }
export const passwordOf = (name: string): string => `password of ${name}!`

/** Makes a user named as its role. */
const ensureUser = ({ server: { auth } }: RunningServer, role: Role) =>
  auth.users.byName(`a-${role}`) ??
  auth.users.create({ name: `a-${role}`, role, passwordHash: `fake:${passwordOf(role)}` })

const openSession = (running: RunningServer, role: Role): Session =>
  running.server.auth.sessions.open(ensureUser(running, role).id, CLIENT).session

/** The access token of a session that is new. */
export const accessToken = (running: RunningServer, role: Role): Promise<string> =>
  running.server.auth.accessTokens.issue(openSession(running, role))

export const apiToken = (running: RunningServer, role: Role, scopes: string[] = []): string => {
  const userId = ensureUser(running, role).id
  const wanted = { name: `of ${role}`, role, scopes, userId, expiresAtMs: 0 }
  return running.server.auth.apiTokens.create(wanted).secret
}

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const withoutSignature = (session: Session): string => {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: 'netscope', aud: 'netscope-api', iat: now, exp: now + 900 }
  const payload = { ...claims, sub: session.userId, sid: session.id }
  return `${base64({ alg: 'none', typ: 'at+jwt' })}.${base64(payload)}.`
}

/** Credentials of an admin that must not be taken, by what is wrong with them. */
export const badTokens = async (running: RunningServer): Promise<Record<string, string>> => {
  const session = openSession(running, 'admin')
  const key = loadKeys(running.storage, '').access
  const good = await createAccessTokens(key, Date.now).issue(session)
  const [header = '', payload = '', signature = ''] = good.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  const ended = openSession(running, 'admin')
  const ofEnded = await createAccessTokens(key, Date.now).issue(ended)
  running.server.auth.sessions.end(ended.id)
  const secret = apiToken(running, 'admin')
  const { apiTokens } = running.server.auth
  const revoked = apiToken(running, 'admin')
  apiTokens.revoke(apiTokens.find(revoked)!.id)
  return {
    expired: await createAccessTokens(key, () => Date.now() - 3_600_000).issue(session),
    'with another payload': `${header}.${base64({ ...claims, sub: 'x' })}.${signature}`,
    'with a cut signature': `${header}.${payload}.${signature.slice(0, -2)}`,
    'without signature': `${header}.${payload}.`,
    'of the algorithm none': withoutSignature(session),
    'signed with another key': await createAccessTokens(randomBytes(32), Date.now).issue(session),
    'of a session that was ended': ofEnded,
    'API token with another end': `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`,
    'API token that was revoked': revoked,
    'local token of another server': `nsl_${randomBytes(32).toString('base64url')}`,
    'no token at all': 'x'.repeat(5000),
  }
}
