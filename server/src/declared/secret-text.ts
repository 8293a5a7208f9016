/** A secret as it is written: itself, or where it is (`file:/run/secrets/key`, `env:KEY`), read when it is needed. */
import { readFileSync } from 'node:fs'

const MAX_BYTES = 65_536

/** Throws where a file can't be read, a variable isn't set, or either is empty; no message holds the secret. */
export const readSecretText = (
  written: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string => {
  if (written.startsWith('env:')) {
    const name = written.slice(4)
    const value = env[name]
    if (value === undefined || value === '')
      throw new Error(`the environment variable ${name} is not set`)
    return value
  }
  if (!written.startsWith('file:')) return written
  const path = written.slice(5)
  const text = readFileSync(path, 'utf8').slice(0, MAX_BYTES).trim()
  if (text === '') throw new Error(`${path} is empty`)
  return text
}
