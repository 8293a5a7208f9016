/** Names of users, from files made for the test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createUserNames } from './user-names.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-users-'))
  path = join(folder, 'passwd')
})
afterEach(() => rmSync(folder, { recursive: true }))

it('the first name of an id counts, and lines that are no users do no harm', () => {
  writeFileSync(
    path,
    'root:x:0:0:root:/root:/bin/sh\n\n# me:x:5\n+::::::\nbad:x:-1:0\nalice:x:1000:1000\nalso:x:1000:1000\na\u001bb:x:7:7\nno colon',
  )
  const { nameOf } = createUserNames({ path })
  expect([0, 5, 7, 1000, 1001, -1].map((uid) => nameOf(uid, 0))).toEqual([
    'root',
    undefined,
    'a?b',
    'alice',
    undefined,
    undefined,
  ])
})

it('a changed file is read again, a second later', () => {
  writeFileSync(path, 'alice:x:1000:1000\n')
  const { nameOf } = createUserNames({ path })
  expect(nameOf(1000, 0)).toBe('alice')
  writeFileSync(path, 'alicia:x:1000:1000\n')
  expect(nameOf(1000, 999)).toBe('alice')
  expect(nameOf(1000, 1000)).toBe('alicia')
  rmSync(path)
  expect(nameOf(1000, 2000)).toBeUndefined()
})

it('without the file nobody has a name, until it is there', () => {
  const { nameOf } = createUserNames({ path })
  expect(nameOf(0, 0)).toBeUndefined()
  writeFileSync(path, 'root:x:0:0\n')
  expect(nameOf(0, 5000)).toBe('root')
})

it('root is root on this machine', () => {
  expect(createUserNames().nameOf(0, 0)).toBe('root')
})
