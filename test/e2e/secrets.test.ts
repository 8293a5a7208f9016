/**
 * A whole run with a secret in every place of the configuration that takes one: server, its agent, and one that joined over
 * TLS. All that they wrote to their logs, to standard output and to their folders is searched for each secret.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startEchoService } from '../../server/src/fakes/echo-service.ts'
import type { EchoService } from '../../server/src/fakes/echo-service.ts'
import { isSecretIn, secretsIn } from '../../server/src/fakes/secret-forms.ts'
import { filesIn } from '../../server/src/fakes/secrets-rig.ts'

const NETSCOPE = join(import.meta.dirname, '../../bin/netscope')
const WAIT = { timeout: 60_000, interval: 200 }
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 })

const secret = (what: string): string => `S3cret/${what}+?&=${what}.0815`
const SECRETS = Object.fromEntries(
  [
    ...['channelUrl', 'channelKey', 'feedUrl', 'feedKey', 'policyHook', 'exportUrl', 'exportKey'],
    ...['abuseipdb', 'virustotal', 'jwt', 'password'],
  ].map((what) => [what, secret(what)]),
)
const BEARER = 'S3cretBearer.0815-abcdef'

let folder: string
let service: EchoService
let children: ChildProcess[]
let log = ''
let out = ''
let url: string
let uplink: number

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

const start = (words: string[], more: NodeJS.ProcessEnv = {}, cwd = folder): void => {
  const env = { PATH: process.env['PATH'], XDG_CONFIG_HOME: join(folder, 'config'), ...more }
  const child = spawn(NETSCOPE, words, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout?.on('data', (text) => (out += String(text)))
  child.stderr?.on('data', (text) => (log += String(text)))
  children.push(child)
}

/** Some secrets are in files, some in the environment, some in the configuration itself; JSON is YAML. */
const configure = (base: string, port: number): void => {
  const write = (name: string, value: object | string) => {
    const path = join(folder, 'config', name)
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
    return path
  }
  mkdirSync(join(folder, 'config'))
  const at = (what: string) => `${base}/${encodeURIComponent(secret(what))}`
  const channels = [
    {
      ...{ name: 'hook', kind: 'webhook', rules: { groupSeconds: 0, minSeverity: 'info' } },
      settings: { url: at('channelUrl'), secret: 'env:HOOK_KEY' },
    },
  ]
  const feeds = [
    { name: 'ours', url: at('feedUrl'), authKey: `file:${write('feed-key', secret('feedKey'))}` },
  ]
  const policies = [
    {
      ...{ name: 'all', when: 'severity >= 1', mode: 'enforce', for: '1m' },
      do: { block: 'no', terminate: false, notify: true, webhook: at('policyHook') },
    },
  ]
  const what = ['alerts', 'actions']
  const hook = {
    url: at('exportUrl'),
    secret: secret('exportKey'),
    authorization: `Bearer ${BEARER}`,
  }
  const outputs = [
    { name: 'out', what, format: 'ecs', to: { stdout: {} } },
    { name: 'hook', what, format: 'ocsf', to: { webhook: hook } },
  ]
  write('netscope.yaml', {
    server: { port },
    auth: { jwtSecret: secret('jwt').padEnd(64, 'x') },
    uplink: { listen: `127.0.0.1:${uplink}`, address: `127.0.0.1:${uplink}` },
    notify: { channelsFile: write('channels.yaml', { channels }) },
    respond: { policiesFile: write('policies.yaml', { policies }) },
    intel: {
      ...{ feedsFile: write('feeds.yaml', { feeds }), abuseipdbKey: secret('abuseipdb') },
      baseUrls: ['abuseipdb', 'virustotal'].map((name) => `${name}=${base}/${name}`),
    },
    export: { outputsFile: write('outputs.yaml', { outputs }) },
    outgoing: { allow: ['127.0.0.1'] },
  })
}

const api = async (method: string, path: string, token: string, body?: object) => {
  const headers = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': 'application/json' }),
  }
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  const answer = await fetch(`${url}/api/v1${path}`, init)
  return (await answer.json()) as Record<string, unknown>
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-secrets-'))
  // The server runs as a user of its own.
  chmodSync(folder, 0o755)
  children = []
  service = await startEchoService()
  const port = await freePort()
  uplink = await freePort()
  url = `http://127.0.0.1:${port}`
  configure(service.base, port)
  start(['up', '--source', 'mock', '--config', join(folder, 'config/netscope.yaml')], {
    ...{ NETSCOPE_RUN_DIR: join(folder, 'run'), NETSCOPE_ADMIN_PASSWORD: secret('password') },
    ...{ HOOK_KEY: secret('channelKey'), NETSCOPE_INTEL_VIRUSTOTAL_KEY: secret('virustotal') },
  })
  const isThere = () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  await vi.waitUntil(isThere, { timeout: 90_000, interval: 200 }).catch(() => expect.fail(log))
})
afterAll(async () => {
  for (const child of children.toReversed()) {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
  }
  service.stop()
  rmSync(folder, { recursive: true })
})

test('a whole run writes no secret anywhere', async () => {
  const login = { username: 'admin', password: secret('password') }
  const { access_token: access, refresh_token: refresh } = await api(
    'POST',
    '/auth/login',
    '',
    login,
  )
  const token = String(access)
  await api('POST', '/auth/login', '', { ...login, password: `${secret('password')}x` })
  const { secret: key } = await api('POST', '/tokens', token, { name: 'program', role: 'admin' })
  const { token: invitation } = await api('POST', '/agents/invite', String(key), { name: 'far' })
  mkdirSync(join(folder, 'far'))
  const far = {
    NETSCOPE_RUN_DIR: join(folder, 'far/run'),
    NETSCOPE_UPLINK_TOKEN: String(invitation),
  }
  const words = ['agent', '--agent-source', 'mock', '--server', `127.0.0.1:${uplink}`]
  start(words, far, join(folder, 'far'))
  const agents = async () => JSON.stringify((await api('GET', '/agents', token))['agents'])
  const isJoined = async () => (await agents()).includes('"name":"far"')
  await vi.waitUntil(isJoined, WAIT).catch(() => expect.fail(log))

  // Services that take all, and then refuse it and say what they were sent.
  for (service.status of [200, 401]) {
    await api('POST', '/channels/hook/test', token)
    await api('POST', '/feeds/ours/refresh', token)
    await api('GET', `/threat-intel/lookup/8.8.4.${service.status % 100}`, token)
    const ip = `198.51.100.${service.status % 100}`
    await api('POST', '/alerts', token, { title: `by hand ${service.status}`, severity: 80, ip })
    await vi.waitUntil(() => out.includes(`by hand ${service.status}`), WAIT)
  }
  const used = ['channelUrl', 'feedUrl', 'feedKey', 'exportUrl', 'abuseipdb', 'virustotal']
  for (const what of used) {
    const isUsed = () => isSecretIn(service.received, secret(what))
    await vi.waitUntil(isUsed, WAIT).catch(() => expect.fail(`${what} was not used`))
  }
  const kept = ['config/data', 'run', 'far'].flatMap((name) =>
    Object.entries(filesIn(join(folder, name))),
  )
  expect(kept.length).toBeGreaterThan(5)
  const texts = { log, out, ...Object.fromEntries(kept) }
  const tokens = { refresh: String(refresh), key: String(key), access: token }
  // The last part of an invitation is its secret; before it stand address and certificate.
  const joined = { invitation: String(invitation).slice(-32) }
  expect(readFileSync(join(folder, 'config/channels.yaml'), 'utf8')).toContain('env:HOOK_KEY')
  expect(secretsIn(texts, { ...SECRETS, bearer: BEARER, ...tokens, ...joined })).toEqual([])
})
