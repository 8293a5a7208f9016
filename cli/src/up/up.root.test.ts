/** `netscope up` as people run it, in a network namespace of its own, with the real agent and server. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'

const NETSCOPE = join(import.meta.dirname, '../../../bin/netscope')
const NAMESPACE = `ns-up-${process.pid}`
const inNamespace = ['netns', 'exec', NAMESPACE]
/** Other tests share the machine. */
const PATIENCE = { timeout: 100_000, interval: 50 }

let folder: string
let up: ChildProcess | undefined
let said: string

const ip = (...words: string[]): void => {
  expect(spawnSync('ip', words, { encoding: 'utf8' }).stderr).toBe('')
}
const start = (...flags: string[]): ChildProcess => {
  const env = { ...process.env, NETSCOPE_RUN_DIR: join(folder, 'run') }
  const command = [...inNamespace, NETSCOPE, 'up', ...flags]
  const child = spawn('ip', command, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => (said += bytes.toString()))
  }
  return child
}
const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', resolve))

interface Health {
  status: string
  agentConnected: boolean
}
const health = (): Health | undefined => {
  const { stdout } = spawnSync(
    'ip',
    [...inNamespace, 'curl', '-s', 'http://127.0.0.1:8086/health'],
    {
      encoding: 'utf8',
    },
  )
  return stdout === '' ? undefined : (JSON.parse(stdout) as Health)
}
/** Process id of one of the two below `up`; undefined while it does not run. */
const pidOf = (part: 'agent' | 'server'): number | undefined => {
  const children = readFileSync(`/proc/${up?.pid}/task/${up?.pid}/children`, 'utf8').trim()
  const isPart = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`/${part}/src/main.ts\0`)
    } catch {
      return false // it has just ended
    }
  }
  const found = children.split(' ').filter(Boolean).find(isPart)
  return found === undefined ? undefined : Number(found)
}
const untilConnected = async (): Promise<void> => {
  await expect.poll(health, PATIENCE).toMatchObject({ status: 'ok', agentConnected: true })
}

beforeAll(() => {
  ip('netns', 'add', NAMESPACE)
  ip('-n', NAMESPACE, 'link', 'set', 'lo', 'up')
})
afterAll(() => ip('netns', 'del', NAMESPACE))
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-up-'))
  said = ''
  // Mode 700 as mkdtemp makes it: closed to the two users, like /root.
})
afterEach(async () => {
  if (up && up.exitCode === null && up.signalCode === null) {
    up.kill('SIGTERM')
    await ended(up)
  }
  rmSync(folder, { recursive: true, force: true })
})

test('serves the page, survives the death of either process, and leaves nothing behind', async () => {
  up = start('--source', 'mock')
  await untilConnected()
  await expect
    .poll(() => said, PATIENCE)
    .toContain('the page is at http://127.0.0.1:8086 (source: mock)')
  const [agent, server] = [pidOf('agent')!, pidOf('server')!]

  process.kill(agent, 'SIGKILL')
  await expect.poll(() => pidOf('agent'), PATIENCE).not.toBe(agent)
  await untilConnected()
  expect(pidOf('server')).toBe(server)

  process.kill(server, 'SIGKILL')
  await expect.poll(() => pidOf('server') ?? server, PATIENCE).not.toBe(server)
  await untilConnected()

  const left = [pidOf('agent')!, pidOf('server')!]
  up.kill('SIGTERM')
  expect(await ended(up)).toBe(0)
  for (const pid of left) expect(() => readFileSync(`/proc/${pid}/stat`)).toThrow('ENOENT')
})

test('a second one in the same place is refused, with the way out', async () => {
  up = start('--source', 'mock')
  await untilConnected()
  said = ''
  expect(await ended(start('--source', 'mock'))).toBe(1)
  expect(said).toMatch(/NetScope already runs here as process \d+. Stop it \(kill \d+\)/)
  expect(health()).toMatchObject({ status: 'ok' })
})

test('a wrong setting ends with code 2 and is named', async () => {
  expect(await ended(start('--server-port', 'eighty'))).toBe(2)
  expect(said).toContain('--server-port: server.port')
})
