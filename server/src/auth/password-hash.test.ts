/** Password hashes: argon2id as others make it, and as slow for nobody's password. */
import { expect, test } from 'vitest'
import { createPasswordHasher } from './password-hash.ts'

const hasher = createPasswordHasher()

test('a password fits its own hash alone', async () => {
  const hashed = await hasher.hash('correct horse')
  expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  expect(await hasher.verify('correct horse', hashed)).toBe(true)
  expect(await hasher.verify('correct horsf', hashed)).toBe(false)
  expect(await hasher.verify('', hashed)).toBe(false)
})

test('the same password has another hash each time', async () => {
  expect(await hasher.hash('same')).not.toBe(await hasher.hash('same'))
})

test('nobody has no password', async () => {
  expect(await hasher.verify('anything', undefined)).toBe(false)
})

test('a letter is the same however it was typed', async () => {
  const hashed = await createPasswordHasher().hash('é')
  expect(await hasher.verify('e\u0301', hashed)).toBe(true)
})

test('many at once are refused instead of taking all memory', async () => {
  const busy = createPasswordHasher()
  const all = await Promise.allSettled(
    Array.from({ length: 60 }, async () => busy.verify('x', undefined)),
  )
  const refused = all.filter(({ status }) => status === 'rejected')
  expect(refused.length).toBe(60 - 34)
  for (const one of refused) expect(one).toMatchObject({ reason: { code: 'auth.busy' } })
})
