/** The first password of `admin` on the terminal. */
import { existsSync, linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FIRST_PASSWORD_FILE } from '@netscope/core/first-password.ts'
import { showFirstPassword } from './first-password.ts'

let folder: string
let path: string
let said: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-first-'))
  path = join(folder, FIRST_PASSWORD_FILE)
  said = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const show = () => showFirstPassword(folder, (line) => said.push(line))

test('is shown once, and its file is gone', () => {
  writeFileSync(path, 'k3m7q-abcde\n')
  show()
  show()
  expect(said).toEqual([expect.stringMatching(/admin with the password k3m7q-abcde/)])
  expect(existsSync(path)).toBe(false)
})

test('what the server could have put in its place is neither shown nor touched', () => {
  const secret = join(folder, 'secret')
  writeFileSync(secret, 'of-root\n')
  symlinkSync(secret, path)
  show()
  rmSync(path)
  linkSync(secret, path)
  show()
  rmSync(path)
  writeFileSync(path, '\u001b]0;title\u0007')
  show()
  expect(said).toEqual([])
  expect(existsSync(secret)).toBe(true)
})
