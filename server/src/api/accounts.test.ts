/** Signing in and out, users, tokens and the audit log, as the page and programs do it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accessToken, apiToken, passwordOf } from '../fakes/credentials.ts'
import { startServer } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer
beforeEach(async () => {
  running = await startServer()
  await accessToken(running, 'viewer')
})
afterEach(() => running.stop())

type Json = Record<string, unknown>
const NOBODY = { authorization: '' }
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const ask = async (method: string, path: string, body?: object, headers: Json = {}) => {
  const response = await running.fetch(path, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(headers as Record<string, string>),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json;') ?? false
  const json = (isJson || !response.ok ? JSON.parse(text) : {}) as Json
  return { status: response.status, json, text, headers: response.headers }
}
const login = (name = 'a-viewer', password = passwordOf('viewer'), headers: Json = {}) =>
  ask('POST', '/api/v1/auth/login', { username: name, password }, { ...NOBODY, ...headers })
const me = (headers: Json) => ask('GET', '/api/v1/auth/me', undefined, headers)
const actions = () => running.server.auth.audit.page(50).map(({ action }) => action)

/** A browser with our page: sends Origin, keeps cookies. */
const createBrowser = () => {
  const jar = new Map<string, string>()
  const origin = () => new URL(running.server.url()).origin
  return {
    jar,
    ask: async (method: string, path: string, body?: object, headers: Json = {}) => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await ask(method, path, body, {
        ...(method !== 'GET' && { origin: origin() }),
        cookie,
        ...headers,
      })
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (value === '') jar.delete(name)
        else jar.set(name, value)
      }
      return answer
    },
  }
}
const signedIn = async () => {
  const browser = createBrowser()
  const body = { username: 'a-viewer', password: passwordOf('viewer') }
  expect((await browser.ask('POST', '/api/v1/auth/login', body)).status).toBe(200)
  return browser
}

describe('a program', () => {
  test('gets what OAuth 2 calls it, and a refresh token instead of cookies', async () => {
    const { status, json, headers } = await login()
    expect(status).toBe(200)
    expect(json).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string,
      token_type: 'bearer',
      expires_in: 900,
      refresh_token: expect.stringMatching(/^nsr_/) as string,
    })
    expect(headers.getSetCookie()).toEqual([])
    expect((await me(bearer(String(json['access_token'])))).json).toMatchObject({
      ...{ kind: 'user', name: 'a-viewer', role: 'viewer' },
    })
  })

  test('may send a form, as OAuth 2 clients do', async () => {
    const response = await running.fetch('/api/v1/auth/login', {
      method: 'POST',
      headers: NOBODY,
      body: new URLSearchParams({
        ...{ grant_type: 'password', username: 'A-VIEWER', password: passwordOf('viewer') },
      }),
    })
    expect(response.status).toBe(200)
  })

  test('refreshes; a refresh token that comes again later ends the session', async () => {
    const { json } = await login()
    const refresh = (token: unknown) =>
      ask('POST', '/api/v1/auth/refresh', { refresh_token: token }, NOBODY)
    const next = await refresh(json['refresh_token'])
    expect(next.status).toBe(200)
    running.server.auth.state.db.exec('UPDATE refresh_tokens SET used_at_ms = used_at_ms - 60000')
    expect((await refresh(json['refresh_token'])).status).toBe(401)
    expect((await refresh(next.json['refresh_token'])).status).toBe(401)
    expect((await me(bearer(String(next.json['access_token'])))).status).toBe(401)
    expect(actions()[0]).toBe('auth.refresh-token-reused')
  })

  test('signs out: its access token is worth nothing any more', async () => {
    const { json } = await login()
    const token = bearer(String(json['access_token']))
    expect((await ask('POST', '/api/v1/auth/logout', undefined, token)).status).toBe(200)
    expect((await me(token)).status).toBe(401)
    expect(actions()[0]).toBe('auth.sign-out')
  })
})

test('a wrong name and a wrong password are told the same way, and written down', async () => {
  const [one, two] = [await login('a-viewer', 'wrong'), await login('nobody', 'wrong')]
  expect(one.status).toBe(401)
  expect(one.text).toBe(two.text)
  expect(actions().slice(0, 2)).toEqual(['auth.failed', 'auth.failed'])
  expect(JSON.stringify(running.server.auth.audit.page(5))).not.toContain('wrong"')
})

test('who guesses has to wait; whoever has signed in from there before has not', async () => {
  const browser = await signedIn()
  for (let i = 0; i < 9; i++) await login('a-operator', 'wrong')
  const { status, json, headers } = await login('a-operator', 'wrong')
  expect([status, json['code']]).toEqual([429, 'auth.wait'])
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  for (let i = 0; i < 9; i++) await login('a-viewer', 'wrong')
  expect((await login()).status).toBe(429)
  const body = { username: 'a-viewer', password: passwordOf('viewer') }
  expect((await browser.ask('POST', '/api/v1/auth/login', body)).status).toBe(200)
})

describe('the page', () => {
  test('gets cookies that scripts and other sites cannot use', async () => {
    const browser = createBrowser()
    const body = { username: 'a-viewer', password: passwordOf('viewer') }
    const { headers, json } = await browser.ask('POST', '/api/v1/auth/login', body)
    expect(json).not.toHaveProperty('refresh_token')
    const cookies = headers.getSetCookie()
    expect(cookies).toHaveLength(3)
    for (const line of cookies) expect(line).toMatch(/; HttpOnly; SameSite=Strict$/)
    expect(cookies.find((line) => line.includes('_refresh_'))).toContain('Path=/api/v1/auth;')
    expect((await browser.ask('GET', '/api/v1/auth/me')).json).toMatchObject({ name: 'a-viewer' })
  })

  test('refreshes by cookie, and is out after signing out', async () => {
    const browser = await signedIn()
    const before = new Map(browser.jar)
    expect((await browser.ask('POST', '/api/v1/auth/refresh')).status).toBe(200)
    expect(browser.jar).not.toEqual(before)
    expect((await browser.ask('POST', '/api/v1/auth/logout')).status).toBe(200)
    expect((await browser.ask('GET', '/api/v1/auth/me')).status).toBe(401)
    expect((await browser.ask('POST', '/api/v1/auth/refresh')).status).toBe(401)
  })

  test.each([
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ])('its cookies allow nothing that another site asks for: %j', async (headers) => {
    const browser = await signedIn()
    const answer = await browser.ask('POST', '/api/v1/auth/logout-everywhere', {}, headers)
    expect([answer.status, answer.json['code']]).toEqual([403, 'request.forbidden-origin'])
    expect((await browser.ask('GET', '/api/v1/auth/me')).status).toBe(200)
  })

  test('its cookies change nothing where nobody says that it was the page', async () => {
    const browser = await signedIn()
    const cookie = [...browser.jar].map((pair) => pair.join('=')).join('; ')
    const { status } = await ask('POST', '/api/v1/auth/logout-everywhere', {}, { cookie })
    expect(status).toBe(403)
  })
})

test('an own password is changed by who knows it; other sessions end', async () => {
  const { json } = await login()
  const token = bearer(String(json['access_token']))
  const other = bearer(String((await login()).json['access_token']))
  const change = (current: string, next: string) =>
    ask('POST', '/api/v1/auth/password', { current, new: next }, token)
  expect((await change('wrong', 'a new password')).status).toBe(401)
  expect((await change(passwordOf('viewer'), 'short')).json['code']).toBe('auth.password-weak')
  expect((await change(passwordOf('viewer'), 'a new password')).status).toBe(200)
  expect((await me(token)).status).toBe(200)
  expect((await me(other)).status).toBe(401)
  expect((await login()).status).toBe(401)
  expect((await login('a-viewer', 'a new password')).status).toBe(200)
})

test('a token cannot change a password or make tokens', async () => {
  const token = bearer(apiToken(running, 'admin'))
  const body = { current: passwordOf('admin'), new: 'a new password' }
  expect((await ask('POST', '/api/v1/auth/password', body, token)).status).toBe(403)
  expect((await ask('POST', '/api/v1/tokens', { name: 'x' }, token)).status).toBe(403)
})

test('signing out everywhere ends sessions and, if asked for, tokens', async () => {
  const { json } = await login()
  const token = bearer(String(json['access_token']))
  const api = bearer(apiToken(running, 'viewer'))
  const everywhere = (body: object) => ask('POST', '/api/v1/auth/logout-everywhere', body, token)
  expect((await everywhere({})).json['sessions']).toBe(2)
  expect((await me(token)).status).toBe(401)
  expect((await me(api)).status).toBe(200)
  const again = bearer(String((await login()).json['access_token']))
  await ask('POST', '/api/v1/auth/logout-everywhere', { tokens: true }, again)
  expect((await me(api)).status).toBe(401)
})

test('an admin makes, changes and removes users; each change is in the audit log', async () => {
  const made = await ask('POST', '/api/v1/users', { name: 'bob', role: 'viewer' })
  expect(made.status).toBe(201)
  const password = String(made.json['password'])
  expect((await login('bob', password)).status).toBe(200)
  expect((await ask('POST', '/api/v1/users', { name: 'BOB', role: 'viewer' })).status).toBe(409)
  const token = bearer(String((await login('bob', password)).json['access_token']))
  await ask('PATCH', '/api/v1/users/bob', { role: 'operator' })
  expect((await me(token)).json).toMatchObject({ role: 'operator' })
  await ask('PATCH', '/api/v1/users/bob', { disabled: true })
  expect((await me(token)).status).toBe(401)
  expect((await login('bob', password)).status).toBe(401)
  expect((await ask('DELETE', '/api/v1/users/bob')).status).toBe(200)
  expect((await ask('DELETE', '/api/v1/users/bob')).status).toBe(404)
  expect(running.server.auth.audit.page(50, undefined, 'user.change')[1]).toMatchObject({
    ...{ target: 'bob', principal: { kind: 'local' } },
    ...{ before: { role: 'viewer' }, after: { role: 'operator' }, from: '127.0.0.1' },
  })
  expect(actions()[0]).toBe('user.remove')
})

test('the last admin stays', async () => {
  for (const body of [{ role: 'viewer' }, { disabled: true }])
    expect((await ask('PATCH', '/api/v1/users/admin', body)).json['code']).toBe('user.last-admin')
  expect((await ask('DELETE', '/api/v1/users/admin')).status).toBe(409)
})

test.each(['', ' a', 'a b', 'a\nb', '-x', 'a/b', 'ä', 'x'.repeat(64)])(
  'no user is named %j',
  async (name) => {
    expect((await ask('POST', '/api/v1/users', { name, role: 'viewer' })).status).toBe(400)
  },
)

test('a token may never do more than its maker, nor outlive their rights', async () => {
  const user = bearer(await accessToken(running, 'operator'))
  const make = (body: object) => ask('POST', '/api/v1/tokens', { name: 'x', ...body }, user)
  expect((await make({ role: 'admin' })).json['code']).toBe('token.too-strong')
  const { status, json } = await make({ role: 'operator', expiresInDays: 1 })
  expect(status).toBe(201)
  const token = bearer(String(json['secret']))
  expect((await me(token)).json).toMatchObject({ kind: 'token', role: 'operator' })
  await ask('PATCH', '/api/v1/users/a-operator', { role: 'viewer' })
  expect((await me(token)).json).toMatchObject({ role: 'viewer' })
  await ask('PATCH', '/api/v1/users/a-operator', { disabled: true })
  expect((await me(token)).status).toBe(401)
})

test('tokens are shown without their secret, revoked by their owner or an admin alone', async () => {
  const secret = apiToken(running, 'operator')
  const list = async (headers: Json) =>
    (await ask('GET', '/api/v1/tokens', undefined, headers)).json['tokens'] as { id: string }[]
  const owner = bearer(await accessToken(running, 'operator'))
  const other = bearer(await accessToken(running, 'viewer'))
  const [token] = await list(owner)
  expect(JSON.stringify(await list({}))).not.toContain(secret)
  expect(await list(other)).toEqual([])
  const revoke = (headers: Json) => ask('DELETE', `/api/v1/tokens/${token?.id}`, undefined, headers)
  expect((await revoke(other)).status).toBe(404)
  expect((await revoke(owner)).status).toBe(200)
  expect((await me(bearer(secret))).status).toBe(401)
})
