/** `netscope policies`, `block`, `undo` and `actions` with what they cannot use: they say why, and do nothing. */
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
let folder: string
let asked: string[]
let answer: { status: number; body: object }
beforeEach(async () => {
  asked = []
  answer = { status: 200, body: {} }
  folder = mkdtempSync(join(tmpdir(), 'netscope-policies-'))
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(answer.status, { 'content-type': 'application/problem+json' })
    response.end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

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
const file = (content: string): string => {
  const path = join(folder, 'policies.yaml')
  writeFileSync(path, content)
  return path
}

test('a file that cannot be read', async () => {
  for (const [path, why] of [
    ['/nonexistent/x.yaml', '/nonexistent/x.yaml cannot be read: there is no such file'],
    [folder, 'cannot be read: EISDIR'],
  ] as const) {
    const { stderr, status } = await netscope('policies', 'add', path)
    expect([status, stderr]).toEqual([2, expect.stringContaining(why)])
  }
  expect(asked).toEqual([])
})

test.each([
  ['', 'no policy is in it'],
  ['policies: []', 'no policy is in it'],
  ['policies: [', 'not valid YAML'],
  ['feeds: []', 'the file must be `policies:` with a list below'],
])('a file that holds %j', async (content, why) => {
  const { stderr, status } = await netscope('policies', 'add', file(content))
  expect([status, stderr]).toEqual([2, expect.stringContaining(why)])
  expect(asked).toEqual([])
})

test('a policy that the server refuses, with its place', async () => {
  answer = { status: 400, body: { code: 'policy.invalid', detail: 'It is wrong at when: no' } }
  const path = file('policies:\n  - name: a\n    when: x\n  - name: b\n')
  const { stderr, status } = await netscope('policies', 'add', path)
  expect([status, asked]).toEqual([2, ['POST /api/v1/policies']])
  expect(stderr).toContain(`${path}:2: neither this policy is made nor those after it`)
  expect(stderr).toContain('It is wrong at when: no')
})

test.each([
  [['block', 'nobody'], '"nobody" is not an address or prefix'],
  [['block', '192.0.2.7', '--for', 'soon'], 'A time with its unit'],
  [['block', '192.0.2.7', '--for', '0s'], 'A time with its unit'],
  [['block'], "missing required argument 'address'"],
  [['undo'], "missing required argument 'id'"],
  [['actions', 'approve'], "missing required argument 'id'"],
  [['policies', 'enable', 'x', '--mode', 'block'], 'Allowed choices are observe, ask, enforce'],
])('%j asks the server nothing', async (args, why) => {
  const { stderr, status } = await netscope(...args)
  expect([status, stderr]).toEqual([2, expect.stringContaining(why)])
  expect(asked).toEqual([])
})

test('an id with slashes asks for nothing else than an action', async () => {
  answer = { status: 404, body: { code: 'action.unknown', detail: 'There is no action.' } }
  const { status } = await netscope('undo', '../../users/admin?x')
  expect([status, asked]).toEqual([
    ...[5, ['POST /api/v1/actions/..%2F..%2Fusers%2Fadmin%3Fx/undo']],
  ])
})
