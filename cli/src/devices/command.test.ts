/** `netscope devices` with a server that has some. */
import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const device = (id: string, given: object = {}) => ({
  id,
  ip: `192.168.1.${id}`,
  mac: '3c:22:fb:00:00:01',
  hostname: `host-${id}`,
  vendor: 'Apple, Inc.',
  agent_id: 'a1',
  status: 'online',
  bandwidth_tx_bps: 8000,
  bandwidth_rx_bps: 0,
  open_ports: [22, 80, 443, 445, 631, 9100],
  last_seen: new Date(Date.now() - 90_000).toISOString(),
  name: '',
  role: 'printer',
  randomized_mac: false,
  ...given,
})

let server: Server
let asked: URL[]
let pages: object[]
beforeEach(async () => {
  asked = []
  pages = [{ devices: [device('1'), device('2', { name: 'Ann\u001B[31m' })], total: 2 }]
  server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '/', 'http://fake'))
    response.end(JSON.stringify(pages[asked.length - 1]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => void server.close())

const devices = async (...args: string[]) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const child = spawn(process.execPath, [main, 'devices', '--server', url, ...args], {
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
  const { stdout, status } = await devices()
  const [titles = '', first = '', second = ''] = stdout.split('\n')
  expect(status).toBe(0)
  expect(titles).toMatch(/^STATUS +ADDRESS +NAME +ROLE +MAC +VENDOR +SENDS/)
  expect(first).toMatch(
    /^online +192\.168\.1\.1 +host-1 +printer +3c:22:fb:00:00:01 +Apple, Inc\. +1\.00 kB\/s +22,80,443,445,631\+1 +1:\d\d ago +a1$/,
  )
  expect(second).toContain('Ann')
  expect(stdout).not.toContain('\u001B')
})

test('asks for what is wanted, page by page, and prints JSON lines', async () => {
  pages = [
    { devices: [device('1')], total: 2, nextCursor: 'x' },
    { devices: [device('2')], total: 2 },
  ]
  const { stdout } = await devices(
    ...['office', 'printer', '--status', 'online', '--ip', '192.168.1.0/24'],
    ...['--sort', 'bandwidth', '--output', 'json'],
  )
  const lines = stdout.trim().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['1', '2'])
  expect(Object.fromEntries(asked[0]!.searchParams)).toEqual({
    status: 'online',
    ip: '192.168.1.0/24',
    q: 'office printer',
    sort: '-bandwidth',
    limit: '500',
  })
  expect(asked[1]?.searchParams.get('cursor')).toBe('x')
})

test('--quiet prints ids only', async () => {
  expect((await devices('-q')).stdout).toBe('1\n2\n')
})

test('ends with 2 for wrong usage, and with 1 for an answer that is none', async () => {
  expect((await devices('--status', 'asleep')).status).toBe(2)
  pages = [{ flows: [] }]
  const { status, stderr } = await devices()
  expect(status).toBe(1)
  expect(stderr).toContain('that is no page of devices')
})
