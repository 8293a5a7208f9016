/** Accounts as people use them: first password, login, users, tokens and the audit log on the command line. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { FIRST_PASSWORD_FILE } from '@netscope/core/first-password.ts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

const NETSCOPE = join(import.meta.dirname, '../../bin/netscope')
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

let folder: string
let up: ChildProcess
let url: string
let log = ''

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
const env = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], XDG_CONFIG_HOME: folder })

interface Ran {
  code: number
  out: string
  said: string
}
/** A command of somebody who knows nothing but what is given here; `input` is its standard input. */
const run = (words: string[], more: NodeJS.ProcessEnv = {}, input = ''): Promise<Ran> => {
  const child = promisify(execFile)(NETSCOPE, words, { env: { ...env(), ...more }, cwd: folder })
  child.child.stdin?.end(input)
  return child.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, said: stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      ...{ code, out: stdout, said: stderr },
    }),
  )
}
const passwordFile = () => join(folder, 'data/server', FIRST_PASSWORD_FILE)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-accounts-'))
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  const flags = ['up', '--source', 'mock', '--server-port', String(port)]
  const own = { ...env(), NETSCOPE_RUN_DIR: join(folder, 'run') }
  up = spawn(NETSCOPE, flags, { env: own, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [up.stdout, up.stderr]) stream?.on('data', (text) => (log += String(text)))
  const isThere = () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  await vi.waitUntil(isThere, { timeout: 90_000, interval: 200 })
})
afterAll(async () => {
  up.kill('SIGTERM')
  if (up.exitCode === null) await once(up, 'exit')
  rmSync(folder, { recursive: true })
})

test('without credentials nothing is shown, and it is said what to do', async () => {
  const { code, said } = await run(['flows', '--server', url])
  expect(code).toBe(4)
  expect(said).toContain('netscope login')
})

test('the first password waits in a file of its own, in no log, until it is used', async () => {
  expect(statSync(passwordFile()).mode & 0o777).toBe(0o600)
  const password = readFileSync(passwordFile(), 'utf8').trim()
  expect(log).toContain(FIRST_PASSWORD_FILE)
  expect(log).not.toContain(password)
  const wrong = await run(['login', 'admin', '--server', url], {}, 'not this one\n')
  expect([wrong.code, existsSync(passwordFile())]).toEqual([4, true])
  expect((await run(['login', 'admin', '--server', url], {}, `${password}\n`)).code).toBe(0)
  expect(existsSync(passwordFile())).toBe(false)
  expect(statSync(join(folder, 'netscope/login.json')).mode & 0o777).toBe(0o600)
})

test('after the login, accounts and tokens are managed without naming the server again', async () => {
  const made = await run(['users', 'create', 'ada', 'viewer', '--quiet'])
  expect(made.code).toBe(0)
  expect((await run(['users', '--quiet'])).out.split('\n')).toEqual(['ada', 'admin', ''])
  const token = await run(['token', 'create', 'script', '--scope', 'flows', '-q'])
  const NETSCOPE_TOKEN = token.out.trim()
  expect(NETSCOPE_TOKEN).toMatch(/^nst_/)
  expect((await run(['flows', '--server', url], { NETSCOPE_TOKEN })).code).toBe(0)
  expect((await run(['devices'], { NETSCOPE_TOKEN, NETSCOPE_URL: url })).code).toBe(4)
  const [id = ''] = (await run(['token', '-q'])).out.split('\n')
  expect((await run(['token', 'revoke', id])).code).toBe(0)
  expect((await run(['flows', '--server', url], { NETSCOPE_TOKEN })).code).toBe(4)
})

test('the audit log shows it, is whole, and comes as lines', async () => {
  const { out } = await run(['audit', '--output', 'json'])
  const actions = out
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { action: string }).action)
  expect(actions).toEqual([
    'token.revoke',
    'token.create',
    'user.create',
    'auth.sign-in',
    'auth.failed',
    'user.create',
  ])
  const { out: head, code } = await run(['audit', 'verify', '--quiet'])
  expect(code).toBe(0)
  expect((await run(['audit', 'verify', '--head', head.trim()])).out).toContain('All 6 entries')
  expect((await run(['audit', 'export'])).out.trim().split('\n')).toHaveLength(6)
})

test('root on the machine itself needs no login', async () => {
  const local = { NETSCOPE_RUN_DIR: join(folder, 'run'), XDG_CONFIG_HOME: join(folder, 'other') }
  expect((await run(['users', '-q', '--server', url], local)).code).toBe(0)
})

test('after the logout the login is gone, here and there', async () => {
  expect((await run(['logout'])).out).toContain('Signed out')
  expect(existsSync(join(folder, 'netscope/login.json'))).toBe(false)
  expect((await run(['users', '--server', url])).code).toBe(4)
})
