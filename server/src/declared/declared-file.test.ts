/** Tests of files that declare things. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readDeclaredFile } from './declared-file.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'netscope-declared-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const read = (text: string) => {
  const path = join(folder, 'feeds.yaml')
  writeFileSync(path, text)
  return readDeclaredFile(path, 'feeds')
}

test('gives every entry with its line', async () => {
  const { entries, problems } = await read(
    '# ours\nfeeds:\n  - name: a\n    url: b\n  - just text\n',
  )
  expect(problems).toEqual([])
  expect(entries.map(({ value }) => value)).toEqual([{ name: 'a', url: 'b' }, 'just text'])
  expect(entries.map(({ place }) => place.split(':').at(-1))).toEqual(['3', '5'])
})

test.each(['', '# nothing\n', 'feeds: []\n'])('%j declares nothing', async (text) => {
  expect(await read(text)).toEqual({ entries: [], problems: [] })
})

test.each([
  ['feeds:\n  - a: [\n', /feeds\.yaml:\d+: not valid YAML/],
  ['- a\n', /must be `feeds:` with a list below/],
  ['feed:\n  - a\n', /feeds\.yaml:1: .*must be `feeds:`/],
  ['feeds: text\n', /must be `feeds:`/],
])('%j is wrong, with its place', async (text, words) => {
  const { entries, problems } = await read(text)
  expect(entries).toEqual([])
  expect(problems[0]).toMatch(words)
})

test('a file that is not there is a problem, not an exception', async () => {
  const { problems } = await readDeclaredFile(join(folder, 'none.yaml'), 'feeds')
  expect(problems[0]).toMatch(/none\.yaml: it cannot be read: ENOENT/)
})
