/** Tests: all that need no privileges in parallel; those named *.root.test.ts one after the other, as root only. */
import { delimiter, join } from 'node:path'
import { defineConfig } from 'vitest/config'

const isRoot = process.getuid?.() === 0
const here = import.meta.dirname
const include = ['core', 'agent', 'server', 'cli', 'web', 'test', 'bench'].map(
  (folder) => `${folder}/**/*.test.{ts,tsx}`,
)
const needRoot = '**/*.root.test.ts'
const exclude = ['**/node_modules/**', '**/dist/**']
// bin/setup puts promtool there; bpftool and tc are in sbin.
const PATH = [process.env['PATH'], join(here, '.node/tools'), '/usr/sbin', '/sbin'].join(delimiter)

if (!isRoot)
  console.warn('Not root: tests that load kernel programs or make network namespaces are left out.')

export default defineConfig({
  test: {
    env: { PATH },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include,
          exclude: [...exclude, needRoot],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'root',
          include: isRoot
            ? include.map((pattern) => pattern.replace('.test.{ts,tsx}', '.root.test.ts'))
            : [],
          exclude,
          fileParallelism: false,
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
