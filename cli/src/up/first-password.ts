/** The password that the server made up for `admin` at its first start: shown on the terminal, and gone. */
import { closeSync, constants, fstatSync, openSync, readFileSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { FIRST_PASSWORD_FILE } from '@netscope/core/first-password.ts'
import type { Say } from './program.ts'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants
const LONGEST = 200

/** The folder belongs to the unprivileged server: never follow what it may have put there. */
const read = (path: string): string | undefined => {
  let file: number
  try {
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch {
    return undefined
  }
  try {
    const { size, nlink } = fstatSync(file)
    return nlink === 1 && size <= LONGEST ? readFileSync(file, 'utf8').trim() : undefined
  } finally {
    closeSync(file)
  }
}

/** Says it if there is one, and removes the file: a terminal keeps no log. */
export const showFirstPassword = (storageDir: string, say: Say): void => {
  const path = join(storageDir, FIRST_PASSWORD_FILE)
  const password = read(path)
  if (password === undefined || !/^[\w-]+$/.test(password)) return
  say(`sign in as admin with the password ${password}   (shown this once)`)
  unlinkSync(path)
}
