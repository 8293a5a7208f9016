/** Accounts and access: users, sessions, tokens, audit, and who is let in by what; wires what lies beside it. */
import { createHash } from 'node:crypto'
import type { AuthSection } from '@netscope/core/config/auth.ts'
import type { Logger } from 'pino'
import type { State } from '../state/open-state.ts'
import { createAccessTokens, type AccessTokens } from './access-token.ts'
import { createApiTokens, type ApiTokens } from './api-tokens.ts'
import { createAudit, type Audit } from './audit.ts'
import { createAuthenticator, type Authenticator } from './authenticate.ts'
import { FIRST_ADMIN, firstPasswordFile, makeFirstAdmin } from './first-admin.ts'
import type { GivenPassword } from './first-admin.ts'
import { loadKeys, passingKeys } from './keys.ts'
import { createKnownClients } from './known-clients.ts'
import { createLocalToken, type LocalTokenFile } from './local-token.ts'
import { createLoginThrottle, type LoginThrottle } from './login-throttle.ts'
import { createPasswordHasher, type PasswordHasher } from './password-hash.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSignIn, type SignIn } from './sign-in.ts'
import { createUsers, type Users } from './users.ts'

export interface AuthConfig {
  /** Of the state, and of what else is kept; `:memory:` keeps nothing. */
  folder: string
  /** For the local token. */
  runDir: string
  jwtSecret: AuthSection['jwtSecret']
}

export interface AuthDeps {
  state: State
  log: Logger
  /** Milliseconds since 1970. */
  wallClock(): number
  /** Milliseconds of a clock that never steps back. */
  now(): number
  hasher?: PasswordHasher
  /** Password of the first admin. */
  givenPassword?: GivenPassword | undefined
  /** Shows the made-up one; without it, it waits in a file. */
  showPassword?: ((password: string) => void) | undefined
}

export interface Auth extends Authenticator, SignIn {
  state: State
  users: Users
  sessions: Sessions
  accessTokens: AccessTokens
  apiTokens: ApiTokens
  audit: Audit
  hasher: PasswordHasher
  throttle: LoginThrottle
  localToken: LocalTokenFile
  /** Tells the cookies of this server from those of others on the same host. */
  instance: string
  /** Makes the first account if there is none. */
  prepare(): Promise<void>
  /** Writes the local token for the server at `url`. */
  start(url: string): void
  stop(): void
}

export const createAuth = (config: AuthConfig, deps: AuthDeps): Auth => {
  const { state, log, wallClock, now, hasher = createPasswordHasher() } = deps
  const isKept = config.folder !== ':memory:'
  const keys = isKept ? loadKeys(config.folder, config.jwtSecret) : passingKeys()
  const users = createUsers(state, wallClock)
  const sessions = createSessions(state, { key: keys.refresh, wallClock })
  const accessTokens = createAccessTokens(keys.access, wallClock)
  const apiTokens = createApiTokens(state, wallClock)
  const known = createKnownClients(state, wallClock)
  const audit = createAudit(state, wallClock)
  const throttle = createLoginThrottle()
  const localToken = createLocalToken(config.runDir)
  const firstPassword = isKept ? firstPasswordFile(config.folder) : undefined
  const signing = createSignIn({ users, sessions, known, throttle, hasher, audit, now })

  const show = (password: string): void => {
    if (deps.showPassword) return deps.showPassword(password)
    firstPassword?.write(password)
    if (firstPassword)
      log.warn(
        { path: firstPassword.path },
        `the account ${FIRST_ADMIN} was made; its password is in the file, which goes when it is first used`,
      )
  }

  return {
    ...createAuthenticator({ accessTokens, apiTokens, sessions, users, localToken }),
    ...{ state, users, sessions, accessTokens, apiTokens, audit, hasher, throttle, localToken },
    instance: createHash('sha256').update(keys.access).digest('hex').slice(0, 8),
    confirm: signing.confirm,
    signIn: async (request) => {
      const signedIn = await signing.signIn(request)
      if (signedIn.user.name === FIRST_ADMIN) firstPassword?.remove()
      return signedIn
    },
    prepare: async () => {
      const password = await makeFirstAdmin(deps.givenPassword, { users, hasher, audit })
      if (password !== undefined) show(password)
    },
    start: (url) => localToken.start(url),
    stop: () => localToken.stop(),
  }
}
