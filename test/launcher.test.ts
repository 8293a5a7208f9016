/** bin/setup and bin/netscope in this checkout, which is set up. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const run = (file: string, args: string[], cwd = ROOT) =>
  spawnSync(file, args, { cwd, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } })

test('set-up has nothing to do the second time, and says nothing', () => {
  expect(run('sh', ['bin/setup']).status).toBe(0)
  expect(run('sh', ['bin/setup'])).toMatchObject({ status: 0, stdout: '', stderr: '' })
})

test('netscope runs through a symbolic link, from any folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-launcher-'))
  symlinkSync(join(ROOT, 'bin/netscope'), join(folder, 'netscope'))
  expect(run(join(folder, 'netscope'), ['--version'], folder)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    stderr: '',
  })
  rmSync(folder, { recursive: true })
})

test('bin/node is Node 24 or newer', () => {
  expect(
    Number(run(join(ROOT, 'bin/node'), ['-p', 'process.versions.node']).stdout.split('.')[0]),
  ).toBeGreaterThan(23)
})
