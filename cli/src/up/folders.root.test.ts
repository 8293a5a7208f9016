/** Folders are handed to a user who is not to be trusted: nothing outside of them changes hands. */
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeFolder } from './folders.ts'

const NOBODY = { user: 'nobody', uid: 65_534, gid: 65_534 }
let place: string
let path: string

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'netscope-folders-'))
  chmodSync(place, 0o755)
  path = join(place, 'ours')
})
afterEach(() => rmSync(place, { recursive: true }))

const secretOf = (folder: string): string => {
  const file = join(folder, 'secret')
  writeFileSync(file, 'of root')
  return file
}

test('a new folder and the files in it are handed over', () => {
  mkdirSync(path)
  const file = secretOf(path)
  makeFolder(path, 0o700, NOBODY, true)
  expect([statSync(path).uid, statSync(path).mode & 0o777]).toEqual([NOBODY.uid, 0o700])
  expect(statSync(file).uid).toBe(NOBODY.uid)
})

test('a link in place of the folder leads nowhere, whatever the user may write', () => {
  const target = join(place, 'of-root')
  mkdirSync(target)
  const file = secretOf(target)
  symlinkSync(target, path)
  for (const isOurs of [true, false]) {
    expect(() => makeFolder(path, 0o700, NOBODY, isOurs)).toThrow(/is a link or no folder/)
  }
  expect([statSync(file).uid, statSync(target).uid, statSync(target).mode & 0o777]).toEqual([
    0, 0, 0o755,
  ])
})

test('links in the folder, soft or hard, hand nothing over', () => {
  const file = secretOf(place)
  mkdirSync(path)
  symlinkSync(file, join(path, 'soft'))
  linkSync(file, join(path, 'hard'))
  makeFolder(path, 0o700, NOBODY, true)
  expect(statSync(file).uid).toBe(0)
})

test('a folder with files of others is not handed over, one of the user is', () => {
  mkdirSync(path)
  const file = secretOf(path)
  expect(() => makeFolder(path, 0o700, NOBODY, false)).toThrow(/holds files of others/)
  expect(statSync(file).uid).toBe(0)
  chownSync(path, NOBODY.uid, NOBODY.gid)
  makeFolder(path, 0o700, NOBODY, false)
  expect(statSync(file).uid).toBe(NOBODY.uid)
})
