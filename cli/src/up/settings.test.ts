/** What `netscope up` makes of flags, environment and configuration file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadSettings, type Asked } from './settings.ts'

let cwd: string
let said: string[]

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'netscope-settings-'))
  said = []
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const load = (asked: Partial<Asked>) =>
  loadSettings({ given: { flags: {} }, env: {}, cwd, isRoot: true, ...asked }, (line) =>
    said.push(line),
  )

test('root asks the kernel and keeps its files where the system does', async () => {
  expect(await load({})).toMatchObject({
    source: 'ebpf',
    dataDir: join(cwd, 'data'),
    storageDir: join(cwd, 'data/server'),
    runDir: '/run/netscope',
    socketDir: '/run/netscope',
  })
  expect(said).toEqual([])
})

test('anybody else gets the mock source and is told why', async () => {
  const settings = await load({ isRoot: false })
  expect(settings).toMatchObject({ source: 'mock', runDir: join(cwd, 'data/run') })
  expect(settings.flags).toContain('--agent-source=mock')
  expect(said).toEqual([expect.stringContaining('not root') as string])
})

test('a source that needs no privilege is taken without a word', async () => {
  await load({ isRoot: false, given: { flags: { 'agent.source': 'mock' } } })
  expect(said).toEqual([])
})

test.each([
  [{ NETSCOPE_RUN_DIR: '/tmp/run' }, '/tmp/run'],
  [{ XDG_RUNTIME_DIR: '/run/user/1000' }, '/run/user/1000/netscope'],
])('%j says where the socket is', async (env, runDir) => {
  expect(await load({ isRoot: false, env })).toMatchObject({ runDir, socketDir: runDir })
})

test('both processes get what was given here, with absolute paths', async () => {
  writeFileSync(
    join(cwd, 'config.yaml'),
    'persistence:\n  path: lists/mine.json\nserver:\n  port: 9\n',
  )
  const { flags, port, configFile } = await load({
    given: { flags: { 'server.timezone': 'Europe/Berlin' } },
  })
  expect({ port, configFile }).toEqual({ port: 9, configFile: join(cwd, 'config.yaml') })
  expect(flags.toSorted()).toEqual([
    '--agent-source=ebpf',
    `--config=${join(cwd, 'config.yaml')}`,
    `--persistence-path=${join(cwd, 'lists/mine.json')}`,
    '--server-timezone=Europe/Berlin',
    `--storage-path=${join(cwd, 'data/server')}`,
    '--uplink-socket=/run/netscope/uplink.sock',
  ])
})

test('a socket of the configuration keeps its place', async () => {
  const settings = await load({ given: { flags: { 'uplink.socket': '/srv/x/up.sock' } } })
  expect(settings).toMatchObject({ runDir: '/run/netscope', socketDir: '/srv/x' })
})

test('a join token is handed on where nobody else reads it, wherever it comes from', async () => {
  writeFileSync(join(cwd, 'token'), 'of-a-file\n')
  const byFile = await load({ env: { NETSCOPE_UPLINK_TOKEN_FILE: 'token' } })
  const byFlag = await load({ given: { flags: { 'uplink.token': 'of-a-flag' } } })
  expect([byFile.secrets, byFlag.secrets]).toEqual([
    { agent: { NETSCOPE_UPLINK_TOKEN: 'of-a-file' } },
    { agent: { NETSCOPE_UPLINK_TOKEN: 'of-a-flag' } },
  ])
  expect(byFlag.flags.join()).not.toContain('of-a-flag')
  expect((await load({})).secrets).toEqual({})
})

test('folders that the agent is given elsewhere are its own', async () => {
  const flags = { 'uplink.spoolPath': '/srv/spool', 'uplink.credential': '/srv/keys/uplink.json' }
  expect((await load({ given: { flags } })).agentFolders).toEqual(['/srv/spool', '/srv/keys'])
})
