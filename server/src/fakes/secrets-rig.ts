/** For tests: a server with one of each kind of secret, and a service that says in its answers all that it was sent. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { startEchoService } from './echo-service.ts'
import { madeUpDetection } from './made-up-detection.ts'
import { startServer, until } from './running-server.ts'

const SECONDS = 30

/** Each holds characters that base64, URLs, JSON and pages write otherwise. */
const secretOf = (what: string): string => `S3cret/${what}+?"&=${what}.0815`
export const SECRETS: Record<string, string> = Object.fromEntries(
  [
    ...['webhookPath', 'webhookSecret', 'slackPath', 'discordPath', 'ntfyTopic', 'ntfyToken'],
    ...['gotifyToken', 'mailUser', 'mailPassword', 'feedKey', 'feedQuery', 'policyHook'],
    ...['exportPath', 'exportSecret', 'exportBearer', 'jwtSecret'],
    ...['abuseipdb', 'virustotal', 'shodan', 'greynoise', 'userPassword', 'wrongPassword'],
  ].map((what) => [what, secretOf(what)]),
)
/** What such a service allows in a name or header. */
SECRETS['ntfyTopic'] = 'S3cretTopic-0815'
SECRETS['exportBearer'] = 'S3cretBearer.0815-abcdef'
const secret = (what: string): string => SECRETS[what]!
const inUrl = (what: string): string => encodeURIComponent(secret(what))

/** One of each kind of output, into a folder and to a service. */
const writeOutputs = (folder: string, base: string): string => {
  mkdirSync(join(folder, 'out'))
  const path = join(folder, 'outputs.yaml')
  const what = ['alerts', 'actions']
  const files = ['eve', 'ecs', 'ocsf'].map((format) => ({
    ...{ name: format, what, format, to: { file: { path: join(folder, 'out', format) } } },
  }))
  const authorization = `Bearer ${secret('exportBearer')}`
  const url = `${base}/${inUrl('exportPath')}`
  const to = { webhook: { url, secret: secret('exportSecret'), authorization } }
  const outputs = [...files, { name: 'hook', what, format: 'ocsf', to }]
  // JSON is YAML.
  writeFileSync(path, JSON.stringify({ outputs }))
  return path
}

const channelsAt = (base: string) =>
  [
    ['webhook', { url: `${base}/${inUrl('webhookPath')}`, secret: secret('webhookSecret') }],
    ['slack', { url: `${base}/services/${inUrl('slackPath')}` }],
    ['discord', { url: `${base}/api/webhooks/112233/${inUrl('discordPath')}` }],
    ['gotify', { url: base, token: secret('gotifyToken') }],
    ['ntfy', { url: base, topic: secret('ntfyTopic'), token: secret('ntfyToken') }],
    [
      'email',
      {
        ...{ host: '127.0.0.1', port: Number(new URL(base).port), security: 'tls' },
        ...{ user: secret('mailUser'), password: secret('mailPassword') },
        ...{ from: 'a@example.org', to: ['b@example.org'] },
      },
    ],
  ] as const

const PROVIDERS = ['abuseipdb', 'virustotal', 'shodan', 'greynoise']

export const startSecretsRig = async () => {
  const service = await startEchoService()
  const folder = mkdtempSync(join(tmpdir(), 'netscope-secrets-'))
  const running = await startServer(
    {},
    {},
    {},
    {
      ...{ allow: ['127.0.0.1'], logLevel: 'trace' },
      export: { outputsFile: writeOutputs(folder, service.base) },
      notify: { publicUrl: 'https://netscope.example' },
      auth: { jwtSecret: secret('jwtSecret').padEnd(64, 'x') },
      intel: {
        ...Object.fromEntries(PROVIDERS.map((name) => [`${name}Key`, secret(name)])),
        baseUrls: PROVIDERS.map((name) => `${name}=${service.base}/${name}`),
      },
    },
  )
  const agent = running.agent()
  agent.answer = ({ name }) => ({
    ok: true,
    result: name === 'list.get' ? { total: 0, entries: [] } : {},
  })
  await agent.start()
  /** What was answered, by request. */
  const answers: Record<string, string> = {}
  /** Told once to whoever asked for them: by then the server knows only their hashes. */
  const tokens: Record<string, string> = {}
  let uses = 0

  const keep = async (name: string, response: Response): Promise<number> => {
    const text = await response.text()
    const headers = JSON.stringify([...response.headers])
    answers[name] = `${answers[name] ?? ''}${headers} ${text}\n`
    return response.status
  }
  const send = (method: string, path: string, body?: object, headers: object = {}) => {
    const type = body && { 'content-type': 'application/json' }
    const init = { method, headers: { ...type, ...headers } }
    return running.fetch(path, { ...init, ...(body && { body: JSON.stringify(body) }) })
  }
  const ask = async (method: string, path: string, body?: object): Promise<number> =>
    keep(`${method} ${path}`, await send(method, path, body))
  /** The answer is in the message where it is another one. */
  const make = async (path: string, body: object): Promise<void> => {
    expect(await ask('POST', path, body), answers[`POST ${path}`]).toBe(201)
  }
  const asked = async (): Promise<string[]> => {
    const answer = await running.fetch('/api/v1/actions?state=asked')
    return ((await answer.json()) as { actions: { id: string }[] }).actions.map(({ id }) => id)
  }

  const configure = async (kinds: (kind: string) => boolean = () => true): Promise<void> => {
    for (const [kind, settings] of channelsAt(service.base)) {
      const channel = { name: kind, kind, settings, rules: { groupSeconds: 0 } }
      if (kinds(kind)) await make('/api/v1/channels', channel)
    }
    const feed = { name: 'ours', url: `${service.base}/list?key=${inUrl('feedQuery')}` }
    await make('/api/v1/feeds', { ...feed, authKey: secret('feedKey') })
    const webhook = `${service.base}/${inUrl('policyHook')}`
    const what = { block: 'address', terminate: false, notify: true, webhook }
    const policy = { name: 'hook', mode: 'ask', when: 'severity >= 50' }
    await make('/api/v1/policies', { ...policy, do: what })
    const user = { name: 'ann', role: 'operator', password: secret('userPassword') }
    await make('/api/v1/users', user)
  }

  /** What is wrong about a body is to be said without its values. */
  const mistake = async (): Promise<void> => {
    const settings = { url: 'no', secret: secret('webhookSecret') }
    await ask('POST', '/api/v1/channels', { name: 'x', kind: 'webhook', settings })
    const feed = { name: 'y', url: secret('feedQuery'), authKey: secret('feedKey') }
    await ask('POST', '/api/v1/feeds', feed)
    await ask('POST', '/api/v1/users', { name: 'bob', password: [secret('userPassword')] })
    const changed = { settings: { secret: secret('webhookSecret') } }
    await ask('PATCH', '/api/v1/channels/webhook', changed)
  }

  const signIn = (password: string, headers: object = {}) =>
    fetch(new URL('/api/v1/auth/login', running.server.url()), {
      ...{ method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      body: JSON.stringify({ username: 'ann', password }),
    })

  /** Of every kind, got as people get them, and used. */
  const getTokens = async (): Promise<void> => {
    await keep('wrong login', await signIn(secret('wrongPassword')))
    const given = (await (await signIn(secret('userPassword'))).json()) as Record<string, string>
    const page = { 'sec-fetch-site': 'same-origin', origin: running.server.url() }
    const cookies = (await signIn(secret('userPassword'), page)).headers.getSetCookie()
    for (const [i, cookie] of cookies.entries())
      tokens[`cookie ${i}`] = /=([^;]+)/.exec(cookie)?.[1] ?? ''
    const made = await send('POST', '/api/v1/tokens', { name: 'program', role: 'operator' })
    const { secret: api } = (await made.json()) as { secret: string }
    Object.assign(tokens, { access: given['access_token'], refresh: given['refresh_token'], api })
    const me = (headers: object) => send('GET', '/api/v1/auth/me', undefined, headers)
    await keep('by token', await me({ authorization: `Bearer ${api}` }))
    await keep('by a wrong token', await me({ authorization: `Bearer ${api}x` }))
    const cookie = cookies.map((of) => of.split(';')[0]).join('; ')
    await keep('by cookie', await me({ authorization: '', cookie }))
    const link = await send('POST', `/api/v1/actions/${(await asked())[0]}/link`)
    const { path } = (await link.json()) as { path: string }
    tokens['approval'] = path.split('/').at(-1)!
    await keep('approval page', await send('GET', path))
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const decision = { method: 'POST', headers: form, body: 'decision=reject' }
    await keep('decision', await running.fetch(path, decision))
    await keep('decision, once more', await running.fetch(path, decision))
  }

  /** Each secret once, for another alert each time; a question is left for `getTokens`. */
  const useAll = async (kinds: (kind: string) => boolean = () => true): Promise<void> => {
    uses++
    for (const [kind] of channelsAt(service.base).filter(([of]) => kinds(of))) {
      await ask('POST', `/api/v1/channels/${kind}/test`)
      await ask('PATCH', `/api/v1/channels/${kind}`, { enabled: true })
    }
    await ask('POST', '/api/v1/feeds/ours/refresh')
    await ask('GET', `/api/v1/threat-intel/lookup/8.8.4.${uses}`)
    const nowMs = Date.now()
    const source = { ip: `198.51.100.${uses}` }
    const of = { id: `use-${uses}`, source, severity: 90, firstMs: nowMs, lastMs: nowMs }
    running.server.alerts.take(madeUpDetection(of))
    await until(async () => (await ask('GET', `/api/v1/alerts/${of.id}`)) === 200, SECONDS)
    await until(async () => (await asked()).length > 0, SECONDS)
    for (const action of (await asked()).slice(1))
      await ask('POST', `/api/v1/actions/${action}/approve`)
    for (const path of ['channels', 'feeds', 'threat-intel/providers', 'exports', 'notifications'])
      await ask('GET', `/api/v1/${path}`)
  }

  const stop = async (): Promise<void> => {
    await agent.stop()
    await running.stop()
    service.stop()
    rmSync(folder, { recursive: true })
  }
  return {
    ...{ running, service, folder, answers, tokens },
    ...{ ask, configure, mistake, getTokens, useAll, stop },
  }
}
export type SecretsRig = Awaited<ReturnType<typeof startSecretsRig>>

/** Each file below a folder, as it is. */
export const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
      const path = join(entry.parentPath, entry.name)
      return entry.isFile() ? [[path, readFileSync(path, 'latin1')] as const] : []
    }),
  )
