/** The command line as a client of a real server and agent: lists, history, backup. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

const NETSCOPE = join(import.meta.dirname, '../../bin/netscope')
const PATIENCE = { timeout: 100_000, interval: 500 }
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

interface Ran {
  code: number
  out: string
  said: string
}
const netscopeWith = (more: NodeJS.ProcessEnv, ...args: string[]): Promise<Ran> =>
  promisify(execFile)(NETSCOPE, args, {
    env: { ...env, ...more },
    cwd: folder,
    maxBuffer: 2 ** 26,
  }).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, said: stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      ...{ code, out: stdout, said: stderr },
    }),
  )
const netscope = (...args: string[]): Promise<Ran> => netscopeWith({}, ...args)
const jsonOf = async <T>(...args: string[]): Promise<T[]> => {
  const { out } = await netscope(...args, '--output', 'json')
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T)
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-client-'))
  const port = await freePort()
  env = {
    PATH: process.env['PATH'],
    XDG_CONFIG_HOME: folder,
    NETSCOPE_URL: `http://127.0.0.1:${port}`,
    NETSCOPE_RUN_DIR: join(folder, 'run'),
  }
  const flags = ['up', '--source', 'mock', '--server-port', String(port)]
  up = spawn(NETSCOPE, flags, { env, cwd: folder, stdio: 'ignore' })
  const stored = async () => (await netscope('flows', '--state', 'stored', '-q')).out !== ''
  await vi.waitUntil(stored, PATIENCE)
})
afterAll(async () => {
  up.kill('SIGTERM')
  if (up.exitCode === null) await once(up, 'exit')
  rmSync(folder, { recursive: true })
})

test('an address is blocked, listed, and let through again', async () => {
  // Nobody of the made-up network, whose hosts may count as our own at first.
  expect(await netscope('block', '203.0.113.8', '--reason', 'port scan', '--for', '1h')).toEqual({
    ...{ code: 0, said: '' },
    out: expect.stringMatching(
      /^203\.0\.113\.8 is blocked: its packets are dropped\. To undo it: netscope undo \w+\n$/,
    ) as string,
  })
  const [entry] = await jsonOf<{ createdAtMs: number; expiresAtMs: number }>('lists', 'deny')
  expect(entry).toMatchObject({ list: 'deny', prefix: '203.0.113.8', reason: 'port scan' })
  expect(entry!.expiresAtMs - entry!.createdAtMs).toBe(3_600_000)
  expect((await netscope('lists', '-q')).out).toBe('203.0.113.8\n')
  expect((await netscope('unblock', '203.0.113.8', '-q')).out).toBe('203.0.113.8\n')
  expect((await netscope('lists', 'deny', '-q')).out).toBe('')
})

test('exit codes say what went wrong', async () => {
  const again = await netscope('unblock', '203.0.113.8')
  expect([again.code, again.out]).toEqual([5, ''])
  expect(again.said).toContain('203.0.113.8 is not on the deny list')
  expect((await netscope('block', '203.0.113')).code).toBe(2)
  expect((await netscope('flows', 'dstPrt = 443')).code).toBe(2)
  expect((await netscopeWith({ NETSCOPE_TOKEN: 'nst_wrong' }, 'lists')).code).toBe(4)
  expect((await netscopeWith({ NETSCOPE_URL: 'http://127.0.0.1:9' }, 'lists')).code).toBe(3)
})

interface Stored {
  id: string
  dst: string
  srcBytes: number
  dstBytes: number
}

test('sums of the history are those of its flows', async () => {
  // What ended before `to` may still be on its way, or nothing has ended so long ago: then once more.
  await vi.waitFor(async () => {
    const to = new Date(Date.now() - 15_000).toISOString()
    const asked = ['protocol = TCP', '--from', '1h', '--to', to]
    const flows = () => jsonOf<Stored>('flows', ...asked, '--state', 'stored')
    const before = await flows()
    const top = await jsonOf<{ key: string; bytes: number }>(
      ...['flows', ...asked, '--top', 'dst', '--limit', '1000'],
    )
    const steps = await jsonOf<{ value: number }>('flows', ...asked, '--series', '1m')
    expect(await flows()).toEqual(before)
    const bytes = new Map<string, number>()
    for (const { dst, srcBytes, dstBytes } of before)
      bytes.set(dst, (bytes.get(dst) ?? 0) + srcBytes + dstBytes)
    expect(new Map(top.map((row) => [row.key, row.bytes]))).toEqual(bytes)
    const sum = [...bytes.values()].reduce((all, one) => all + one, 0)
    expect(sum).toBeGreaterThan(0)
    expect(steps.reduce((all, { value }) => all + value, 0)).toBe(sum)
  }, PATIENCE)
})

test('a backup is a file for its owner alone, and restores into an empty place', async () => {
  const made = await netscope('backup', folder, '--quiet')
  expect([made.code, made.said]).toEqual([0, ''])
  const file = made.out.trim()
  expect(file).toMatch(/netscope-\d{8}-\d{6}\.tar$/)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  const place = join(folder, 'restored')
  const restored = await netscope('restore', file, '--storage-path', place)
  expect([restored.code, restored.said]).toEqual([0, ''])
  expect(readdirSync(place)).toEqual(
    expect.arrayContaining(['history', 'secret.key', 'state.sqlite']),
  )
  expect((await netscope('restore', file, '--storage-path', place)).said).toContain('--force')
  const inUse = await netscope('restore', file, '--force')
  expect([inUse.code, inUse.said]).toEqual([1, expect.stringContaining('A server is using')])
})
