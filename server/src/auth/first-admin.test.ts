/** The first account, passwords, and the names of clients. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFakeHasher } from '../fakes/fake-hasher.ts'
import { openState, type State } from '../state/open-state.ts'
import { addressKey } from './address-key.ts'
import { createAuth } from './auth.ts'
import type { AuthDeps } from './auth.ts'
import { givenPassword } from './first-admin.ts'
import { checkPassword, makePassword } from './password-rules.ts'

let folder: string
let state: State
let logged: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-first-'))
  state = openState({ path: ':memory:' })
  logged = ''
})
afterEach(() => {
  state.close()
  rmSync(folder, { recursive: true })
})

const create = (deps: Partial<AuthDeps> = {}) =>
  createAuth(
    { folder, runDir: folder, jwtSecret: '' },
    {
      ...{ state, wallClock: Date.now, now: () => performance.now(), hasher: createFakeHasher() },
      log: pino({}, { write: (line: string) => void (logged += line) }),
      ...deps,
    },
  )
const signIn = (auth: ReturnType<typeof create>, password: string) =>
  auth.signIn({ name: 'admin', password, address: '192.0.2.1', device: '', program: 'test' })

describe('the first start', () => {
  test('makes admin with a random password that waits in a file until it is used', async () => {
    const auth = create()
    await auth.prepare()
    const path = join(folder, 'first-admin-password')
    const password = readFileSync(path, 'utf8').trim()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(logged).toContain(path)
    expect(logged).not.toContain(password)
    await signIn(auth, password)
    expect(() => readFileSync(path)).toThrow('ENOENT')
  })

  test('shows it on a terminal instead, once', async () => {
    const shown: string[] = []
    const showPassword = (password: string) => void shown.push(password)
    await create({ showPassword }).prepare()
    await create({ showPassword }).prepare()
    expect(shown).toHaveLength(1)
    await signIn(create(), shown[0]!)
  })

  test('takes the one that is given', async () => {
    const auth = create({ givenPassword: { password: 'correct horse', place: 'X' } })
    await auth.prepare()
    expect(logged).toBe('')
    await signIn(auth, 'correct horse')
  })

  test.each(['', 'short', 'admin', 'administrator', 'password1', 'aaaaaaaaaaaa'])(
    'does not take %j',
    async (password) => {
      const auth = create({ givenPassword: { password, place: 'NETSCOPE_ADMIN_PASSWORD' } })
      await expect(auth.prepare()).rejects.toMatchObject({ code: 'auth.admin-password' })
      expect(auth.users.count).toBe(0)
    },
  )
})

test('the password comes from the environment or a file that it names', () => {
  const read = (path: string) => `of ${path}\n`
  expect(givenPassword({}, read)).toBeUndefined()
  expect(givenPassword({ NETSCOPE_ADMIN_PASSWORD: 'x' }, read)?.password).toBe('x')
  expect(givenPassword({ NETSCOPE_ADMIN_PASSWORD_FILE: '/run/x' }, read)?.password).toBe(
    'of /run/x',
  )
  const unreadable = () => {
    throw new Error('EACCES')
  }
  expect(() => givenPassword({ NETSCOPE_ADMIN_PASSWORD_FILE: '/x' }, unreadable)).toThrow(/EACCES/)
})

test('a made-up password is long, in groups, and never the same', () => {
  const made = Array.from({ length: 100 }, makePassword)
  for (const password of made) {
    expect(password).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){4}$/)
    checkPassword(password, 'admin')
  }
  expect(new Set(made).size).toBe(100)
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0001::', '2001:db8:1:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('the client at %s is counted as %s', (address, key) => {
  expect(addressKey(address)).toBe(key)
})
