/** The rules of the sources, each broken once in a small checkout. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { importsOf, structureProblems } from './structure.ts'

let root: string

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'netscope-structure-'))
  for (const name of ['.', 'core', 'detect', 'agent', 'server', 'web', 'cli']) {
    write(join(name, 'package.json'), JSON.stringify({ devDependencies: { vitest: '1' } }))
  }
  write(
    'agent/package.json',
    JSON.stringify({ dependencies: { '@netscope/core': '1', koffi: '1' } }),
  )
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a checkout in order has no problems', () => {
  write(
    'agent/src/a.ts',
    `/** A. */\nimport { x } from '@netscope/core/x.ts'\nimport koffi from 'koffi'\n`,
  )
  write(
    'agent/src/a.test.ts',
    `/** Tests. */\nimport { test } from 'vitest'\nimport fs from 'node:fs'\n`,
  )
  expect(structureProblems(root)).toEqual([])
})

test.each([
  [
    'agent/src/a.ts',
    `/** A. */\nimport { f } from '@netscope/server/f.ts'\n`,
    'imports @netscope/server',
  ],
  ['agent/src/a.ts', `/** A. */\nexport * from 'fastify'\n`, 'imports fastify'],
  ['agent/src/a.ts', `/** A. */\nconst y = await import('yaml')\n`, 'imports yaml'],
  ['agent/src/a.ts', `/** A. */\nimport { test } from 'vitest'\n`, 'imports vitest'],
  ['core/src/a.ts', 'const a = 1\n', 'the first line must say what the file is'],
  ['core/src/a.ts', `/** A. */\n${'\n'.repeat(300)}`, '301 lines'],
  ['core/src/list-utils.ts', '/** A. */\n', 'the name says nothing'],
  ['web/src/common/a.tsx', '/** A. */\n', 'the name says nothing'],
  ['web/src/MyPage.tsx', '/** A. */\n', 'kebab-case'],
])('%s with %j is a problem', (path, text, problem) => {
  write(path, text)
  expect(structureProblems(root)).toEqual([expect.stringContaining(`${path}: `) as string])
  expect(structureProblems(root)[0]).toContain(problem)
})

test('finds imports of every form', () => {
  const text = `import 'a'\nimport b from 'b'\nimport type { C } from "c"\nimport {\n  d,\n} from 'd'\nexport { e } from 'e'\nimport('f')\nconst from = 'no'\n`
  expect(importsOf(text)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})
