/** Passwords as argon2id hashes (RFC 9106), in the text form of the reference implementation (PHC string). */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { NetscopeError } from '@netscope/core/errors.ts'
import { createBoundedQueue } from './bounded-queue.ts'

export interface PasswordHasher {
  /** Throws `auth.busy` where too many others wait. */
  hash(password: string): Promise<string>
  /** Whether `password` is what `hashed` was made of; without `hashed` it takes as long and is false. */
  verify(password: string, hashed: string | undefined): Promise<boolean>
}

interface Cost {
  memoryKiB: number
  passes: number
  lanes: number
}

/** OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane; 30 ms to 100 ms of one core. */
const COST: Cost = { memoryKiB: 19_456, passes: 2, lanes: 1 }
const HASH_BYTES = 32
const SALT_BYTES = 16

/** 38 MiB at most, and a core is left for everything else on the smallest machine that has two. */
const AT_ONCE = 2
const MOST_WAITING = 32

const derive = promisify(argon2)

const hashOf = (
  password: string,
  salt: Buffer,
  { memoryKiB, passes, lanes }: Cost,
): Promise<Buffer> =>
  derive('argon2id', {
    message: Buffer.from(password.normalize('NFKC')),
    nonce: salt,
    parallelism: lanes,
    tagLength: HASH_BYTES,
    memory: memoryKiB,
    passes,
  })

const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

const format = (salt: Buffer, hash: Buffer, { memoryKiB, passes, lanes }: Cost): string =>
  `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${base64(salt)}$${base64(hash)}`

const FORM = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([\w+/]+)\$([\w+/]+)$/

const parse = (text: string): { cost: Cost; salt: Buffer; hash: Buffer } | undefined => {
  const [, memory, passes, lanes, salt, hash] = FORM.exec(text) ?? []
  if (salt === undefined || hash === undefined) return undefined
  const cost = { memoryKiB: Number(memory), passes: Number(passes), lanes: Number(lanes) }
  return { cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') }
}

export const createPasswordHasher = (): PasswordHasher => {
  const queue = createBoundedQueue(AT_ONCE, MOST_WAITING)
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = queue.run(task)
    if (!result) throw new NetscopeError('auth.busy')
    return result
  }
  /** Of nobody's password. */
  const dummy = format(randomBytes(SALT_BYTES), randomBytes(HASH_BYTES), COST)

  return {
    hash: async (password) => {
      const salt = randomBytes(SALT_BYTES)
      return format(salt, await inTurn(() => hashOf(password, salt, COST)), COST)
    },
    verify: async (password, hashed) => {
      const parsed = parse(hashed ?? dummy)
      if (!parsed)
        throw new NetscopeError('internal', { reason: 'a password hash has no known form.' })
      const found = await inTurn(() => hashOf(password, parsed.salt, parsed.cost))
      const isEqual = found.length === parsed.hash.length && timingSafeEqual(found, parsed.hash)
      return isEqual && hashed !== undefined
    },
  }
}
