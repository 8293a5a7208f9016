/** Tests of the small JSON files. */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readKeptJson, writeKeptJson } from './kept-json.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'netscope-kept-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('what is written is read, for the agent alone, in a folder that is made', () => {
  const path = join(folder, 'deep', 'x.json')
  expect(readKeptJson(path)).toBeUndefined()
  writeKeptJson(path, { a: 1 })
  writeKeptJson(path, { a: 2 })
  expect(readKeptJson(path)).toEqual({ a: 2 })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(folder, 'deep'))).toEqual(['x.json'])
})

test('what is damaged is said', () => {
  const path = join(folder, 'x.json')
  writeFileSync(path, '{"a":')
  expect(() => readKeptJson(path)).toThrow(SyntaxError)
})
