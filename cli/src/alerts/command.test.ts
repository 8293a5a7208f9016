/** `netscope alerts` with a server that has some. */
import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const alert = (id: string, given: object = {}) => ({
  ...{ id, detector: 'tcp-scan', version: 1, severity: 40, label: 'medium', confidence: 0.9 },
  ...{ title: '192.0.2.7 scans 10.0.0.9\u001B[31m', technique: 'T1046', direction: 'inbound' },
  ...{ agent: 'a1', src: '192.0.2.7', srcPort: 0, srcMac: '', srcName: '', srcDevice: '' },
  ...{ dst: '2001:db8::9', dstPort: 22, dstMac: '', dstName: '', dstDevice: '', vlan: 0 },
  ...{ firstSeen: new Date(0).toISOString(), lastSeen: new Date().toISOString(), count: 30 },
  ...{ state: 'active', suppressionKey: 'k', suppressedBy: '', falsePositive: null },
  incident: id,
  workflow: { state: 'open', assignee: '', reason: '', author: '', at: null },
  evidence: {
    reason: '30 ports refused',
    facts: [{ name: 'ports that refused', value: 30, threshold: '>= 15' }],
    flows: [],
  },
  ...given,
})

let server: Server
let asked: { method: string; url: URL; body: string }[]
let answers: object[]
beforeEach(async () => {
  asked = []
  answers = []
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '' } = request
      asked.push({ method, url: new URL(url, 'http://fake'), body })
      response.end(JSON.stringify(answers[asked.length - 1] ?? {}))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => void server.close())

const alerts = async (...args: string[]) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const child = spawn(process.execPath, [main, 'alerts', ...args, '--server', url], {
    env: { ...process.env, NO_COLOR: '1' },
  })
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on('close', resolve)),
  ])
  return { stdout, stderr, status }
}

test('is a table whose texts cannot steer the terminal', async () => {
  answers = [{ alerts: [alert('a1')], total: 1, suppressed: 0 }]
  const { stdout, status } = await alerts()
  const [titles = '', first = ''] = stdout.split('\n')
  expect(status).toBe(0)
  expect(titles).toMatch(/^SEVERITY +DETECTOR +WHAT +SOURCE +TARGET +COUNT +SEEN +STATE +ID$/)
  expect(first).toMatch(
    /^medium +tcp-scan +192\.0\.2\.7 scans.* +192\.0\.2\.7 +\[2001:db8::9\]:22 +30 +.* ago +active +a1$/,
  )
  expect(stdout).not.toContain('\u001B')
})

test('asks for what is wanted, page by page, and prints JSON lines', async () => {
  answers = [
    { alerts: [alert('a1')], total: 2, suppressed: 0, nextCursor: 'x' },
    { alerts: [alert('a2')], total: 2, suppressed: 0 },
  ]
  const { stdout } = await alerts(
    ...['--severity', 'high', '--src', '10.0.0.0/8', '--since', '-1h', '--all', '--sort', 'begun'],
    ...['--filter', 'detector ~ scan', '--output', 'json'],
  )
  const lines = stdout.trim().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['a1', 'a2'])
  expect(Object.fromEntries(asked[0]!.url.searchParams)).toEqual({
    ...{ severity: 'high', state: 'all', src: '10.0.0.0/8', since: '-1h' },
    ...{ filter: 'detector ~ scan', sort: '-firstSeen', limit: '500' },
  })
  expect(asked[1]?.url.searchParams.get('cursor')).toBe('x')
})

test('shows one with its numbers', async () => {
  answers = [alert('a1')]
  const { stdout } = await alerts('show', 'a1')
  expect(stdout).toMatch(/Why +30 ports refused\n {4}ports that refused: 30 {2}\(>= 15\)/)
  expect(asked[0]?.url.pathname).toBe('/api/v1/alerts/a1')
})

test('says that one is a false positive, with a reason', async () => {
  const falsePositive = {
    ...{ reason: 'ours', author: 'ann', at: '', factor: 3 },
    expiresAt: '2026',
  }
  answers = [alert('a1', { falsePositive })]
  const { stdout, status } = await alerts('false-positive', 'a1', '--reason', 'ours')
  expect([status, asked[0]?.method, asked[0]?.body]).toEqual([0, 'POST', '{"reason":"ours"}'])
  expect(stdout).toContain('3 times its threshold')
  expect((await alerts('false-positive', 'a1')).status).toBe(2)
})

test('suppresses by a filter, for a time', async () => {
  answers = [{ id: 's1', expiresAt: '2026' }]
  const { stdout } = await alerts(
    'suppress',
    'src = 10.0.0.5',
    '--reason',
    'x',
    '--for',
    '7d',
    '-q',
  )
  expect(stdout).toBe('s1\n')
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
    ...{ filter: 'src = 10.0.0.5', reason: 'x', expiresInSeconds: 604_800 },
  })
})
