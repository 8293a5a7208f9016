/**
 * No secret that somebody has configured comes back: a server with one of each kind uses them against local services that take
 * them, refuse them and fail; then logs, answers of the API, audit log and metrics are searched for each, in all its forms.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { madeUpDetection } from './fakes/made-up-detection.ts'
import { startServer, until } from './fakes/running-server.ts'
import type { RunningServer } from './fakes/running-server.ts'

/** Each holds characters that base64, URLs and JSON write otherwise. */
const secretOf = (what: string): string => `S3cret/${what}+?"&=${what}`
const SECRETS = Object.fromEntries(
  [
    ...['webhookPath', 'webhookSecret', 'slackPath', 'discordPath', 'ntfyTopic', 'ntfyToken'],
    ...['gotifyToken', 'mailPassword', 'feedKey', 'feedQuery', 'policyHook', 'jwtSecret'],
    ...['abuseipdb', 'virustotal', 'shodan', 'greynoise', 'userPassword', 'wrongPassword'],
  ].map((what) => [what, secretOf(what)]),
)
const secret = (what: string): string => SECRETS[what]!
const inUrl = (what: string): string => encodeURIComponent(secret(what))

/** As it is written in texts, JSON, URLs and headers. */
const formsOf = (value: string): string[] => {
  const base64 = Buffer.from(value).toString('base64')
  return [
    ...[value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), encodeURI(value)],
    ...[base64.replace(/=+$/, ''), Buffer.from(value).toString('base64url')],
    Buffer.from(value).toString('hex'),
  ]
}

let running: RunningServer
let upstream: ReturnType<typeof createServer>
let base: string
/** What the services were sent. */
let received: string
let status: number
beforeEach(async () => {
  ;[received, status] = ['', 200]
  upstream = createServer((request, response) => {
    received += `${request.url} ${JSON.stringify(request.headers)}\n`
    request.resume()
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>no</html>')
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  const providers = ['abuseipdb', 'virustotal', 'shodan', 'greynoise']
  running = await startServer(
    {},
    {},
    {},
    {
      allow: ['127.0.0.1'],
      auth: { jwtSecret: secret('jwtSecret').padEnd(64, 'x') },
      intel: {
        ...Object.fromEntries(providers.map((name) => [`${name}Key`, secret(name)])),
        baseUrls: providers.map((name) => `${name}=${base}/${name}`),
      },
    },
  )
})
afterEach(async () => {
  await running.stop()
  upstream.closeAllConnections()
  upstream.close()
})

let answers = ''
const ask = async (method: string, path: string, body?: object): Promise<number> => {
  const headers = { 'content-type': 'application/json' }
  const init = body ? { method, headers, body: JSON.stringify(body) } : { method }
  const response = await running.fetch(path, init)
  answers += `${method} ${path} ${JSON.stringify([...response.headers])} ${await response.text()}\n`
  return response.status
}
/** The answer is in the message where it is another one. */
const make = async (path: string, body: object): Promise<void> => {
  const code = await ask('POST', path, body)
  expect(code, answers.split('\n').at(-2) ?? '').toBe(201)
}

const CHANNELS = () =>
  [
    ['webhook', { url: `${base}/${inUrl('webhookPath')}`, secret: secret('webhookSecret') }],
    ['slack', { url: `${base}/${inUrl('slackPath')}` }],
    ['discord', { url: `${base}/${inUrl('discordPath')}` }],
    ['gotify', { url: base, token: secret('gotifyToken') }],
    ['ntfy', { url: base, topic: 'S3cretTopic', token: secret('ntfyToken') }],
    [
      'email',
      {
        ...{ host: '127.0.0.1', port: Number(new URL(base).port), security: 'tls', user: 'me' },
        ...{ password: secret('mailPassword'), from: 'a@example.org', to: ['b@example.org'] },
      },
    ],
  ] as const

const useAll = async (): Promise<void> => {
  for (const [kind] of CHANNELS()) await ask('POST', `/api/v1/channels/${kind}/test`)
  await ask('POST', '/api/v1/feeds/ours/refresh')
  await ask('GET', '/api/v1/threat-intel/lookup/8.8.4.4')
  const nowMs = Date.now()
  running.server.alerts.take(
    madeUpDetection({ id: `use-${status}`, severity: 90, firstMs: nowMs, lastMs: nowMs }),
  )
  await until(async () => (await ask('GET', `/api/v1/alerts/use-${status}`)) === 200, 20)
}

const LOOK_AT = [
  ...[
    'channels',
    'channels/kinds',
    'notifications',
    'feeds',
    'feeds/ours',
    'threat-intel/providers',
  ],
  ...[
    'policies',
    'actions',
    'protected',
    'audit',
    'audit/export',
    'users',
    'tokens',
    'alerts',
    'status',
  ],
  ...['agents', 'alerts/false-positives', 'devices', 'exports'],
]

test(
  'a server that uses every kind of secret, with success and without, tells none of them',
  { timeout: 120_000 },
  async () => {
    answers = ''
    for (const [kind, settings] of CHANNELS())
      await make('/api/v1/channels', {
        name: kind,
        kind,
        settings,
        rules: { groupSeconds: 0 },
      })
    const feed = { name: 'ours', url: `${base}/list?key=${inUrl('feedQuery')}` }
    await make('/api/v1/feeds', { ...feed, authKey: secret('feedKey') })
    const policy = { name: 'hook', when: 'severity >= 50', mode: 'observe' }
    const hook = `${base}/${inUrl('policyHook')}`
    await make('/api/v1/policies', { ...policy, do: { block: 'address', webhook: hook } })
    const user = { name: 'ann', role: 'operator', password: secret('userPassword') }
    await make('/api/v1/users', user)
    for (const password of [secret('userPassword'), secret('wrongPassword')]) {
      const response = await fetch(new URL('/api/v1/auth/login', running.server.url()), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'ann', name: 'ann', password }),
      })
      // Its tokens are hers; that is what the answer is for.
      if (!response.ok) answers += await response.text()
    }
    for (status of [200, 401, 500]) await useAll()
    // What is wrong about a body is said without the value.
    await ask('POST', '/api/v1/channels', {
      name: 'x',
      kind: 'webhook',
      settings: { url: 'no', secret: secret('webhookSecret') },
    })
    await ask('POST', '/api/v1/feeds', {
      name: 'y',
      url: secret('feedQuery'),
      authKey: secret('feedKey'),
    })
    await ask('PATCH', '/api/v1/channels/webhook', {
      settings: { secret: secret('webhookSecret') },
    })
    for (const path of LOOK_AT) expect(await ask('GET', `/api/v1/${path}`), path).toBe(200)
    await ask('GET', '/metrics')
    await ask('DELETE', '/api/v1/channels/webhook')
    await ask('DELETE', '/api/v1/feeds/ours')
    await ask('DELETE', '/api/v1/policies/hook')
    await ask('GET', '/api/v1/audit?limit=200')

    // They were used: else nothing could have told them.
    for (const what of ['webhookPath', 'slackPath', 'discordPath', 'feedQuery'])
      expect(received).toContain(inUrl(what))
    for (const what of ['abuseipdb', 'virustotal', 'feedKey', 'ntfyToken', 'gotifyToken'])
      expect(formsOf(secret(what)).some((form) => received.includes(form))).toBe(true)

    const logged = running.logged.map((line) => JSON.stringify(line)).join('\n')
    const found = Object.entries(SECRETS).flatMap(([what, value]) =>
      formsOf(value).flatMap((form) => [
        ...(logged.includes(form) ? [`${what} in the log as ${form}`] : []),
        ...answers
          .split('\n')
          .flatMap((line) =>
            line.includes(form) ? [`${what} in ${line.split(' [')[0]} as ${form}`] : [],
          ),
      ]),
    )
    expect(found).toEqual([])
    expect(answers).not.toContain('S3cretTopic')
  },
)
