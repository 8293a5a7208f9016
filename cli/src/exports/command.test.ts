/** `netscope exports` with a server that has some. */
import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

let server: Server
let answers: Record<string, object>
beforeEach(async () => {
  answers = {}
  server = createServer(({ url = '' }, response) => {
    response.end(JSON.stringify(answers[url] ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => void server.close())

const netscope = async (...args: string[]) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const child = spawn(process.execPath, [main, ...args, '--server', url], {
    env: { ...process.env, NO_COLOR: '1' },
  })
  const [stdout, status] = await Promise.all([
    text(child.stdout),
    new Promise((resolve) => child.on('close', resolve)),
  ])
  return { stdout, status }
}

const OUTPUT = {
  ...{ name: 'siem', what: ['flows', 'alerts'], format: 'ecs', kind: 'file' },
  ...{ target: '/var/log/ecs.json', sent: { flows: 40, alerts: 1, actions: 1 } },
  lost: { flows: 3, alerts: 0, actions: 0 },
  ...{ waiting: 7, waitingBytes: 7000, error: 'ENOSPC: no space left\u001B[31m' },
  ...{ errorAt: new Date(0).toISOString(), sentAt: null },
}

test('lists outputs with what they have sent, what waits and why one fails', async () => {
  answers = { '/api/v1/exports': { outputs: [OUTPUT, { ...OUTPUT, name: 'log', error: '' }] } }
  const { stdout, status } = await netscope('exports')
  expect(status).toBe(0)
  expect(stdout).toMatch(/siem .*\/var\/log\/ecs\.json +42 +7 .*3 +failing +ENOSPC: no space/)
  expect(stdout).toMatch(/log .* ok/)
  expect(stdout).not.toContain('\u001B')
  expect((await netscope('exports', '-q')).stdout).toBe('siem\nlog\n')
})

test('prints a sample of a format as JSON lines', async () => {
  const sample = {
    ...{ flow: { event_type: 'flow' }, alert: { event_type: 'alert' } },
    action: { event_type: 'action' },
  }
  answers = { '/api/v1/exports/samples/eve': sample }
  const { stdout } = await netscope('exports', '--sample', 'eve')
  expect(stdout.split('\n').slice(0, -1)).toEqual([
    '{"event_type":"flow"}',
    '{"event_type":"alert"}',
    '{"event_type":"action"}',
  ])
})
