/** The `netscope` command as a shell sees it: output, errors and exit codes. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'netscope-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs netscope in an empty folder, with nothing of ours in the environment. */
const netscope = (...args: string[]) => {
  const env = { PATH: process.env['PATH'], NO_COLOR: '1' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('netscope', () => {
  it('--help lists the commands by group, with examples', () => {
    const { status, stdout, stderr } = netscope('--help')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /Run:\n +up [^]*\n +agent [^]*\n +server [^]*Look:\n +observe [^]*\n +top [^]*Captures:\n +capture [^]*\n +replay [^]*Set-up:\n +doctor [^]*\n +config/,
    )
    expect(stdout).toContain('sudo netscope up')
  })

  it('without a command shows the help and fails as wrong usage', () => {
    expect(netscope()).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('Usage: netscope'),
    })
  })

  it('prints its version in both ways', () => {
    expect(netscope('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(netscope('version').stdout).toMatch(/^netscope \d+\.\d+\.\d+\nnode \d+\..*Linux/)
  })

  it.each([
    [['confg'], 'config'],
    [['config', 'shw'], 'show'],
    [['server', '--server-prot', '1'], '--server-port'],
  ])('%j exits with 2 and suggests %s', (args, meant) => {
    const { status, stdout, stderr } = netscope(...args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`Did you mean ${meant}?`)
  })

  it('agent --help explains every setting with its default', () => {
    const { stdout } = netscope('agent', '--help')
    expect(stdout).toMatch(/--network-attach <auto\|tcx\|clsact>/)
    expect(stdout).toMatch(/--flows-table-size <number>[^]*131072/)
  })
})

describe('netscope server', () => {
  it.each(['server', 'agent'])('%s says what is wrong in its configuration, and ends', (part) => {
    const { status, stderr } = netscope(part, '--server-port', 'eighty')
    expect(status).toBe(2)
    expect(stderr).toContain('--server-port: server.port: wrong value')
    expect(stderr).not.toMatch(/^ +at /m)
  })

  it('explains only the settings that it uses', () => {
    const { stdout } = netscope('server', '--help')
    expect(stdout).toContain('--server-port')
    expect(stdout).not.toContain('--network-interfaces')
  })
})

describe('output that nobody reads', () => {
  it('ends the command quietly', () => {
    const line = `"${process.execPath}" "${main}" config docs | true; echo "\${PIPESTATUS[0]}"`
    // What people's shells do at a start is not to be seen here.
    const env = { ...process.env, BASH_ENV: '' }
    const { stdout, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8', env })
    expect([stdout, stderr]).toEqual(['0\n', ''])
  })
})

describe('netscope config', () => {
  it('check says which file is right', () => {
    writeFileSync(join(folder, 'good.yaml'), 'server:\n  port: 9000\n')
    expect(netscope('config', 'check', 'good.yaml')).toEqual({
      status: 0,
      stdout: 'good.yaml: ok (1 set, the rest by default)\n',
      stderr: '',
    })
  })

  it('check names every mistake without a stack and exits with 2', () => {
    writeFileSync(join(folder, 'bad.yaml'), 'server:\n  port: 99999\n  timezon: UTC\n')
    const { status, stdout, stderr } = netscope('config', 'check', 'bad.yaml', '--mock-seed', 'x')
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain('bad.yaml:2: server.port: wrong value')
    expect(stderr).toContain('did you mean server.timezone?')
    expect(stderr).toContain('--mock-seed: mock.seed: wrong value')
    expect(stderr).not.toMatch(/^ +at /m)
  })

  it('check of a file that is not there exits with 2', () => {
    expect(netscope('config', 'check', 'none.yaml')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('none.yaml'),
    })
  })

  it('show prints values with their places', () => {
    const { status, stdout } = netscope('config', 'show', '--config', 'good.yaml', '--mock')
    expect(status).toBe(0)
    expect(stdout).toMatch(/port: 9000 +# good\.yaml:2/)
    expect(stdout).toMatch(/source: "mock" +# --agent-source/)
    expect(JSON.parse(netscope('config', 'show', '--format', 'json').stdout)).toMatchObject({
      file: null,
    })
  })

  it('docs prints the page, the schema and the example', () => {
    expect(netscope('config', 'docs').stdout).toContain('### `server.port`')
    expect(JSON.parse(netscope('config', 'docs', '--format', 'schema').stdout)).toMatchObject({
      type: 'object',
    })
    writeFileSync(
      join(folder, 'example.yaml'),
      netscope('config', 'docs', '--format', 'yaml').stdout,
    )
    expect(netscope('config', 'check', 'example.yaml').status).toBe(0)
  })
})
