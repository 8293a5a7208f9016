/** Which token goes to which server. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { authorization } from './credentials.ts'
import { localTokenFor } from './local-token.ts'
import { currentLogin, findLogin, loginPath, removeLogin, saveLogin } from './login-file.ts'

let folder: string
let server: Server | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-credentials-'))
  vi.stubEnv('NETSCOPE_TOKEN', '')
  vi.stubEnv('NETSCOPE_RUN_DIR', folder)
  vi.stubEnv('XDG_CONFIG_HOME', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  server?.close()
  server = undefined
  rmSync(folder, { recursive: true })
})

const HERE = new URL('http://127.0.0.1:8086/')
const writeLocal = (url = 'http://127.0.0.1:8086') =>
  writeFileSync(join(folder, 'local-token.json'), JSON.stringify({ url, token: 'nsl_x' }))
const login = (url: string, inMs = 900_000) => ({
  ...{ url, name: 'ada', accessToken: 'access', refreshToken: 'refresh' },
  accessExpiresAtMs: Date.now() + inMs,
})

test('NETSCOPE_TOKEN, else the login, else the local token, else none', async () => {
  expect(await authorization(HERE)).toEqual({})
  writeLocal()
  expect(await authorization(HERE)).toEqual({ authorization: 'Bearer nsl_x' })
  saveLogin(login(HERE.origin))
  expect(await authorization(HERE)).toEqual({ authorization: 'Bearer access' })
  vi.stubEnv('NETSCOPE_TOKEN', 'given')
  expect(await authorization(HERE)).toEqual({ authorization: 'Bearer given' })
})

test.each([
  ['http://localhost:8086/', true],
  ['http://[::1]:8086/', true],
  ['http://127.0.0.1:8087/', false],
  ['http://192.0.2.1:8086/', false],
  ['http://localhost.evil.example:8086/', false],
  ['https://127.0.0.1:8086/', false],
])('the local token for %s: %s', (url, isSent) => {
  writeLocal()
  expect(localTokenFor(new URL(url), [folder])).toBe(isSent ? 'nsl_x' : undefined)
})

test('a file that is damaged is no token', () => {
  writeFileSync(join(folder, 'local-token.json'), '{"url":7')
  expect(localTokenFor(HERE, [folder])).toBeUndefined()
})

test('logins are kept by server, for their owner alone', () => {
  saveLogin(login('http://one.example'))
  saveLogin(login('http://two.example'))
  expect(statSync(loginPath()).mode & 0o777).toBe(0o600)
  expect(currentLogin()?.url).toBe('http://two.example')
  expect(findLogin(new URL('http://one.example/path'))?.name).toBe('ada')
  expect(findLogin(new URL('https://one.example'))).toBeUndefined()
  removeLogin('http://two.example')
  expect(currentLogin()).toBeUndefined()
  removeLogin('http://one.example')
  expect(() => statSync(loginPath())).toThrow('ENOENT')
})

const answerWith = async (status: number, body: object): Promise<URL> => {
  server = createServer((_request, response) =>
    response.writeHead(status).end(JSON.stringify(body)),
  )
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

test('an access token that is over is refreshed and kept', async () => {
  const tokens = { access_token: 'new', expires_in: 900, refresh_token: 'next' }
  const url = await answerWith(200, tokens)
  saveLogin(login(url.origin, 1000))
  expect(await authorization(url)).toEqual({ authorization: 'Bearer new' })
  expect(findLogin(url)).toMatchObject({ accessToken: 'new', refreshToken: 'next', name: 'ada' })
})

test('a session that is over is forgotten', async () => {
  const url = await answerWith(401, {})
  saveLogin(login(url.origin, 1000))
  expect(await authorization(url)).toEqual({})
  expect(findLogin(url)).toBeUndefined()
})
