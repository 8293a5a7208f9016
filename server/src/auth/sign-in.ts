/** Signing in with name and password, and proving once more that one knows the own password. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { addressKey } from './address-key.ts'
import type { Audit } from './audit.ts'
import type { Client, KnownClients } from './known-clients.ts'
import type { Attempt, LoginThrottle } from './login-throttle.ts'
import type { PasswordHasher } from './password-hash.ts'
import { ANONYMOUS, type Principal } from './principal.ts'
import { hashSecret } from './secret.ts'
import type { Sessions, Session } from './sessions.ts'
import type { User, Users } from './users.ts'

export interface SignInRequest extends Client {
  name: string
  password: string
  /** User-Agent. */
  program: string
}

export interface SignIn {
  /** Throws `auth.wait`, `auth.wrong` or `auth.busy`. */
  signIn(request: SignInRequest): Promise<{ user: User; session: Session; refreshToken: string }>
  /** Whether `password` is the user's own; guessing is slowed down as in signIn. Throws as that. */
  confirm(user: User, password: string, client: Client): Promise<void>
}

export interface SignInDeps {
  users: Users
  sessions: Sessions
  known: KnownClients
  throttle: LoginThrottle
  hasher: PasswordHasher
  audit: Audit
  /** Milliseconds of a clock that never steps back. */
  now(): number
}

/** Failed sign-ins per minute that the audit log takes; more would let anybody fill the disk. */
const FAILURES_PER_MINUTE = 60

export const principalOf = ({ id, name, role }: User): Principal => ({
  ...{ kind: 'user', id, name, role, scopes: [] },
})

export const createSignIn = (deps: SignInDeps): SignIn => {
  const { users, sessions, known, throttle, hasher, audit, now } = deps
  let minute = { startMs: 0, written: 0, left: 0 }

  const auditFailure = (name: string, from: string): void => {
    const left = minute.left
    if (now() - minute.startMs > 60_000) minute = { startMs: now(), written: 0, left: 0 }
    if (minute.written >= FAILURES_PER_MINUTE) return void minute.left++
    minute.written++
    const after = left > 0 && minute.written === 1 ? { after: { notWritten: left } } : {}
    const target = name.slice(0, 64)
    audit.record({ principal: ANONYMOUS, action: 'auth.failed', target, from, ...after })
  }

  /** The user if the password is right; every way to be wrong takes as long and says the same. */
  const check = async (user: User | undefined, name: string, password: string, client: Client) => {
    const isKnown = user !== undefined && known.knows(user.id, client)
    const isDevice = user !== undefined && known.knowsDevice(user.id, client)
    const place = isDevice ? hashSecret(client.device).toString('base64url') : client.address
    const attempt: Attempt = { account: name, client: place, isKnown }
    const waitMs = throttle.waitMs(attempt, now())
    if (waitMs > 0) throw new NetscopeError('auth.wait', { seconds: Math.ceil(waitMs / 1000) })
    const hashed = user && !user.disabled ? users.passwordHash(user.id) : undefined
    const isRight = await hasher.verify(password, hashed)
    // Meanwhile the account may have been closed, or have another password.
    const isSame = user && users.passwordHash(user.id) === hashed && !users.byId(user.id)?.disabled
    if (isRight && isSame) return throttle.succeeded(attempt)
    auditFailure(name, client.address)
    throw new NetscopeError('auth.wrong')
  }

  const normal = ({ address, device }: Client): Client => ({ address: addressKey(address), device })

  return {
    signIn: async ({ name, password, program, ...client }) => {
      const user = users.byName(name)
      await check(user, name, password, normal(client))
      if (!user) throw new NetscopeError('auth.wrong')
      known.add(user.id, normal(client))
      users.signedIn(user.id)
      const opened = sessions.open(user.id, { address: client.address, client: program })
      const after = { session: opened.session.id, program }
      const record = { principal: principalOf(user), target: user.name, from: client.address }
      audit.record({ ...record, action: 'auth.sign-in', after })
      return { user, ...opened }
    },
    confirm: (user, password, client) => check(user, user.name, password, normal(client)),
  }
}
