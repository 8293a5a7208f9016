/** Tests of secrets as they are written. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSecretText } from './secret-text.ts'

test('is itself, a variable or a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-secret-'))
  try {
    const path = join(folder, 'key')
    writeFileSync(path, 's3cret\n')
    expect(readSecretText('s3cret')).toBe('s3cret')
    expect(readSecretText('env:KEY', { KEY: 's3cret' })).toBe('s3cret')
    expect(readSecretText(`file:${path}`)).toBe('s3cret')
    writeFileSync(path, '\n')
    expect(() => readSecretText(`file:${path}`)).toThrow('is empty')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('what is not there is said by its name', () => {
  expect(() => readSecretText('env:KEY', {})).toThrow('the environment variable KEY is not set')
  expect(() => readSecretText('file:/nowhere/key')).toThrow('/nowhere/key')
})
