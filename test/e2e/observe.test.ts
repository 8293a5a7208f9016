/** `netscope observe` and `netscope top` against a real agent and server with the made-up network. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Flow } from '@netscope/core/flow.ts'

const NETSCOPE = join(import.meta.dirname, '../../bin/netscope')
const PATIENCE = { timeout: 60_000, interval: 200 }
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

let folder: string
let up: ChildProcess
let env: NodeJS.ProcessEnv

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
const run = promisify(execFile)
const netscope = async (...args: string[]): Promise<string[]> => {
  const { stdout } = await run(NETSCOPE, args, { env, cwd: folder, maxBuffer: 2 ** 26 })
  return stdout.split('\n').slice(0, -1)
}
const observe = async (...args: string[]): Promise<Flow[]> =>
  (await netscope('observe', '--format', 'json', ...args)).map((line) => JSON.parse(line) as Flow)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-observe-'))
  const port = await freePort()
  env = {
    PATH: process.env['PATH'],
    NETSCOPE_SERVER: `http://127.0.0.1:${port}`,
    NETSCOPE_RUN_DIR: join(folder, 'run'),
  }
  const flags = ['up', '--source', 'mock', '--server-port', String(port)]
  up = spawn(NETSCOPE, flags, { env, cwd: folder, stdio: 'ignore' })
  for (let count = 0; count < 4; await pause(500))
    count = await observe('--port', '443').then(
      ({ length }) => length,
      () => 0,
    )
})
afterAll(async () => {
  up.kill('SIGTERM')
  if (up.exitCode === null) await once(up, 'exit')
  rmSync(folder, { recursive: true })
})

test('what the server looks for is what the filter says', async () => {
  const all = await observe('--since', '1h')
  const known = new Set(all.map(({ id }) => id))
  const filtered = await observe('--since', '1h', '--to', '198.51.100.0/24', '--port', '443')
  const wanted = ({ dst, dstPort }: Flow) => dst.startsWith('198.51.100.') && dstPort === 443
  expect(filtered.every(wanted)).toBe(true)
  const ids = new Set(filtered.map(({ id }) => id))
  expect(all.filter((flow) => wanted(flow) && !ids.has(flow.id))).toEqual([])
  expect([...ids].some((id) => known.has(id))).toBe(true)
})

test('the newest come last', async () => {
  const seen = (await observe('--last', '50')).map(({ lastSeen }) => lastSeen)
  expect(seen).toEqual(seen.toSorted())
  expect(seen.length).toBeGreaterThan(3)
})

test('sums and top know the made-up network', async () => {
  expect((await netscope('observe', '--aggregate-by', 'protocol')).join('\n')).toMatch(/^TCP +\d/m)
  expect((await netscope('top', '--by', 'port')).join('\n')).toMatch(/^443\/TCP +[\d.]+ [kM]?B\/s/m)
})

test('flows are followed as they begin, until Ctrl-C', async () => {
  const followed = spawn(NETSCOPE, ['observe', '--follow'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  followed.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
  await expect.poll(() => said, PATIENCE).toMatch(/^[\d:. -]+ \+ .* → .* (TCP|UDP|ICMP)/m)
  followed.kill('SIGINT')
  expect(await once(followed, 'close')).toEqual([0, null])
})
