/** Tests of policies in a file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPolicyFile } from './policy-file.ts'

let path: string
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-policies-'))
  path = join(folder, 'policies.yaml')
})
afterEach(() => rmSync(folder, { recursive: true }))
const read = (text: string) => {
  writeFileSync(path, text)
  return readPolicyFile(path)
}

test('are read with their defaults', async () => {
  const [policy] = await read(
    'policies:\n  - name: scanners\n    when: detector ~ scan\n    do: {block: address}\n',
  )
  expect(policy).toMatchObject({ name: 'scanners', mode: 'observe', forSeconds: 3600 })
  expect(await readPolicyFile('')).toEqual([])
})

test.each([
  ['policies:\n  - name: a\n    when: nonsense = 1\n    do: {block: address}\n', 'yaml:2: when'],
  ['policies:\n  - name: A B\n    when: severity > 1\n    do: {block: address}\n', 'yaml:2: name'],
  ['policies:\n  - when: severity > 1\n', 'yaml:2'],
  ['policies: [\n', 'not valid YAML'],
  ['policy: []\n', 'policies:'],
  [
    'policies:\n  - &a {name: a, when: severity > 1, do: {block: address}}\n  - *a\n',
    'a is there twice',
  ],
])('%j is refused with its place', async (text, place) => {
  await expect(read(text)).rejects.toThrow(place)
})
