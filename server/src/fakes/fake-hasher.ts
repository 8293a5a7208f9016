/** For tests: hashes of passwords that cost nothing and hide nothing. */
import type { PasswordHasher } from '../auth/password-hash.ts'

export const createFakeHasher = (): PasswordHasher => ({
  hash: async (password) => `fake:${password}`,
  verify: async (password, hashed) => hashed === `fake:${password}`,
})
