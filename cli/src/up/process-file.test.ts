/** The claim on a folder. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claim } from './process-file.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-claim-'))
  path = join(folder, 'up.pid')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('holds the process id until it is given back', () => {
  const release = claim(folder)
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`)
  release()
  expect(existsSync(path)).toBe(false)
})

test.each(['1', '999999999', 'nonsense', '', String(process.ppid)])(
  'takes over what %j left behind',
  (text) => {
    writeFileSync(path, text)
    claim(folder)
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`)
  },
)

test('does not wait for somebody to write into a pipe in its place', () => {
  spawnSync('mkfifo', [path])
  claim(folder)
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`)
})

test('never writes through a link', () => {
  const victim = join(folder, 'victim')
  writeFileSync(victim, 'precious')
  symlinkSync(victim, path)
  claim(folder)
  expect(readFileSync(victim, 'utf8')).toBe('precious')
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`)
})
