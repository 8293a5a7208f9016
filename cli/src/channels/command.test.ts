/** `netscope channels` and what is done about alerts, with a server that has some. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

let server: Server
let asked: { method: string; path: string; body: string }[]
let answers: Record<string, object>
beforeEach(async () => {
  asked = []
  answers = {}
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '' } = request
      asked.push({ method, path: url, body })
      response.end(JSON.stringify(answers[`${method} ${url.split('?')[0]}`] ?? {}))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => void server.close())

const netscope = async (...args: string[]) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const child = spawn(process.execPath, [main, ...args, '--server', url], {
    env: { ...process.env, NO_COLOR: '1' },
  })
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on('close', resolve)),
  ])
  return { stdout, stderr, status }
}
const bodyOf = (method: string) =>
  JSON.parse(asked.find((one) => one.method === method)?.body ?? 'null') as unknown

const KINDS = {
  kinds: [
    {
      ...{ kind: 'email', description: 'E-mail.', secrets: ['password'] },
      settings: {
        properties: { host: { type: 'string' }, port: { type: 'integer' }, to: { type: 'array' } },
        required: ['host', 'to'],
      },
    },
  ],
}
const CHANNEL = {
  ...{ name: 'ops', kind: 'email', target: 'ann@example.org\u001B[31m', sentToday: 3, waiting: 1 },
  ...{
    rules: { minSeverity: 'high' },
    enabled: false,
    disabled: 'status 410: gone',
    lastError: '',
  },
}

test('lists them, and says why one is off', async () => {
  answers = { 'GET /api/v1/channels': { channels: [CHANNEL] } }
  const { stdout, status } = await netscope('channels')
  expect(status).toBe(0)
  expect(stdout).toMatch(/ops +email +ann@example\.org.* +high +3 +1 +off +status 410: gone/)
  expect(stdout).not.toContain('\u001B')
})

test('makes one with settings of the right type, secrets from a file, and rules', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-cli-'))
  try {
    writeFileSync(join(folder, 'host'), 'mail.example\n')
    answers = { 'GET /api/v1/channels/kinds': KINDS, 'POST /api/v1/channels': CHANNEL }
    const { stdout } = await netscope(
      ...['channels', 'add', 'ops', '--kind', 'email', '--set', `host=@${join(folder, 'host')}`],
      ...['--set', 'port=465', '--set', 'to=a@x.org, b@x.org', '--quiet-hours', '22:00-07:00'],
      ...['--min-severity', 'high', '--new-things', '--group', '10', '--budget', '5'],
    )
    expect(bodyOf('POST')).toEqual({
      ...{ name: 'ops', kind: 'email' },
      settings: { host: 'mail.example', port: 465, to: ['a@x.org', 'b@x.org'] },
      rules: {
        ...{ minSeverity: 'high', newThings: true, groupSeconds: 10, dailyBudget: 5 },
        quietHours: { from: '22:00', to: '07:00' },
      },
    })
    expect(stdout).toContain('netscope channels test ops tries it')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each([
  [['--kind', 'pigeon'], 'There are the kinds email.'],
  [['--kind', 'email', '--set', 'host'], 'Write settings as NAME=VALUE.'],
  [['--kind', 'email', '--set', 'host=@/nowhere'], '/nowhere cannot be read'],
  [['--kind', 'email', '--min-severity', 'awful'], 'A severity is one of'],
  [['--kind', 'email', '--quiet-hours', 'always'], 'Quiet hours are written as'],
])('%j is explained', async (given, words) => {
  answers = { 'GET /api/v1/channels/kinds': KINDS }
  const { stderr, status } = await netscope('channels', 'add', 'ops', ...given)
  expect([status, stderr]).toEqual([2, expect.stringContaining(words)])
})

test('tries one, by either name, and fails if it was not taken', async () => {
  const answer = { outcome: 'broken', reason: 'status 404: no_service', tookMs: 12 }
  answers = { 'POST /api/v1/channels/ops/test': answer }
  for (const command of ['channels', 'alerts']) {
    const { stdout, status } = await netscope(command, 'test', 'ops')
    expect(status).toBe(1)
    expect(stdout).toBe('ops cannot be used as it is, 12 ms: status 404: no_service\n')
  }
})

test('switches one off, and changes only what is given', async () => {
  answers = { 'GET /api/v1/channels': { channels: [] }, 'GET /api/v1/channels/kinds': KINDS }
  await netscope('channels', 'disable', 'ops')
  expect(bodyOf('PATCH')).toEqual({ enabled: false })
  asked = []
  await netscope('channels', 'change', 'ops', '--no-new-things', '--quiet-hours', 'none')
  expect(bodyOf('PATCH')).toEqual({ rules: { newThings: false, quietHours: null } })
})

test.each([
  [['ack', 'a1', '--reason', 'mine'], { state: 'acknowledged', reason: 'mine' }],
  [['resolve', 'a1'], { state: 'resolved' }],
  [['reopen', 'a1'], { state: 'open' }],
  [['assign', 'a1', 'bob'], { assignee: 'bob' }],
  [['assign', 'a1'], { assignee: '' }],
  [['note', 'a1', 'asked them'], { reason: 'asked them' }],
])('alerts %j', async (args, body) => {
  const { status } = await netscope('alerts', ...args)
  expect(status).toBe(0)
  expect(asked).toEqual([
    { method: 'PATCH', path: '/api/v1/alerts/a1', body: JSON.stringify(body) },
  ])
})

test('shows the history of an alert', async () => {
  const change = { at: '2026-01-15T00:00:00Z', author: 'ann', change: 'note', detail: 'asked them' }
  answers = { 'GET /api/v1/alerts/a1/history': { changes: [change] } }
  const { stdout } = await netscope('alerts', 'history', 'a1')
  expect(stdout).toMatch(/2026-01-15T00:00:00Z +ann +note +asked them/)
})
