/** Access tokens, API tokens, the local token, keys: what is taken and what is not. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openState, type State } from '../state/open-state.ts'
import { createAccessTokens } from './access-token.ts'
import { createApiTokens } from './api-tokens.ts'
import { loadKeys } from './keys.ts'
import { createLocalToken } from './local-token.ts'

let folder: string
let state: State
let now: number
const clock = () => now
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-tokens-'))
  state = openState({ path: ':memory:' })
  now = 1_700_000_000_000
})
afterEach(() => {
  state.close()
  rmSync(folder, { recursive: true })
})

const SESSION = { id: 's1', userId: 'u1' }

describe('an access token', () => {
  const key = new Uint8Array(32).fill(7)

  test('says whose session it is, for 15 minutes', async () => {
    const tokens = createAccessTokens(key, clock)
    const token = await tokens.issue(SESSION)
    expect(await tokens.verify(token)).toMatchObject(SESSION)
    now += 899_000
    expect(await tokens.verify(token)).toMatchObject(SESSION)
    now += 1000
    expect(await tokens.verify(token)).toBeUndefined()
    expect(await createAccessTokens(key, clock).verify(token)).toBeUndefined()
  })

  const claims = { sid: 's1' }
  const sign = (changes: {
    alg?: string
    typ?: string
    aud?: string
    iss?: string
    sub?: string
  }) => {
    const { alg = 'HS256', typ = 'at+jwt', aud = 'netscope-api', iss = 'netscope' } = changes
    const seconds = now / 1000
    const token = new SignJWT(claims).setProtectedHeader({ alg, typ }).setAudience(aud)
    token
      .setIssuer(iss)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 60)
    return token
      .setSubject(changes.sub ?? 'u1')
      .sign(alg === 'HS256' ? key : new Uint8Array(64).fill(7))
  }

  test('of our own making is taken', async () => {
    expect(await createAccessTokens(key, clock).verify(await sign({}))).toMatchObject(SESSION)
  })

  test.each([{ alg: 'HS512' }, { typ: 'JWT' }, { aud: 'other' }, { iss: 'other' }])(
    'is not taken with %j',
    async (changes) => {
      expect(await createAccessTokens(key, clock).verify(await sign(changes))).toBeUndefined()
    },
  )

  test.each(['', '.', '..', 'a.b.c', 'x'.repeat(5000), '\u0000', '{}.{}.{}'])(
    'is not %j',
    async (text) => {
      expect(await createAccessTokens(key, clock).verify(text)).toBeUndefined()
    },
  )
})

describe('an API token', () => {
  const make = (expiresAtMs = 0) =>
    createApiTokens(state, clock).create({
      ...{ name: 'script', role: 'viewer', scopes: ['flows'], userId: '', expiresAtMs },
    })

  test('is found by its secret alone, which is not kept', () => {
    const { token, secret } = make()
    const tokens = createApiTokens(state, clock)
    expect(tokens.find(secret)).toMatchObject({ id: token.id, scopes: ['flows'] })
    expect(tokens.find(`${secret}x`)).toBeUndefined()
    expect(JSON.stringify(state.db.prepare('SELECT * FROM api_tokens').all())).not.toContain(secret)
  })

  test('ends when it expires or is revoked', () => {
    const tokens = createApiTokens(state, clock)
    const { token, secret } = make(now + 1000)
    expect(tokens.isValid(token.id)).toBe(true)
    now += 1000
    expect([tokens.find(secret), tokens.isValid(token.id)]).toEqual([undefined, false])
    const other = make()
    tokens.revoke(other.token.id)
    expect(tokens.find(other.secret)).toBeUndefined()
  })

  test('tells when it was last used, to the minute', () => {
    const tokens = createApiTokens(state, clock)
    const { token, secret } = make()
    tokens.find(secret)
    const first = now
    now += 30_000
    tokens.find(secret)
    expect(tokens.byId(token.id)?.lastUsedAtMs).toBe(first)
    now += 31_000
    tokens.find(secret)
    expect(tokens.byId(token.id)?.lastUsedAtMs).toBe(now)
  })
})

describe('the local token', () => {
  test('lies in a file for its owner alone, while the server runs', () => {
    const local = createLocalToken(folder)
    local.start('http://127.0.0.1:8086')
    const path = join(folder, 'local-token.json')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      ...{ url: 'http://127.0.0.1:8086', token: local.token },
    })
    local.stop()
    expect(existsSync(path)).toBe(false)
  })

  test('is another with each start', () => {
    const [one, two] = [createLocalToken(folder), createLocalToken(folder)]
    expect([one.matches(one.token), one.matches(two.token), one.matches('')]).toEqual([
      ...[true, false, false],
    ])
  })
})

describe('the key', () => {
  test('is made once, for its owner alone', () => {
    const first = loadKeys(folder, '')
    expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600)
    expect(loadKeys(folder, '')).toEqual(first)
    expect(first.access).not.toEqual(first.refresh)
  })

  test('may be given instead', () => {
    const given = loadKeys(folder, 'a secret of at least 32 characters')
    expect(existsSync(join(folder, 'secret.key'))).toBe(false)
    expect(loadKeys(folder, '')).not.toEqual(given)
  })

  test('that is damaged is named', () => {
    writeFileSync(join(folder, 'secret.key'), 'short')
    expect(() => loadKeys(folder, '')).toThrow(/secret\.key is damaged/)
  })
})
