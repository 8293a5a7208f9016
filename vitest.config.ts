/**
 * Runs one after the other: `unit` (beside the sources), `across` (what crosses packages: captures, the sources' rules),
 * as root `root` (*.root.test.ts: kernel programs, namespaces), one file at a time. Scripts of their own: `test:browser` for
 * `browser`, `test:e2e` for `e2e`, whole instances in namespaces, and `test:attacks` for `attacks`, those with attackers.
 */
import { delimiter, join } from 'node:path'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

const isRoot = process.getuid?.() === 0
const PACKAGES = '{core,detect,agent,server,cli,web,bench}'
const NEED_ROOT = '**/*.root.test.ts'
const BROWSER = 'test/browser/**/*.test.ts'
const WHOLE = 'test/e2e/**/*.test.ts'
const ATTACKS = 'test/attacks/**/*.test.ts'
const EXCLUDE = ['**/node_modules/**', '**/dist/**']
// bin/setup puts promtool and prometheus there; bpftool and tc are in sbin.
const PATH = [process.env['PATH'], join(import.meta.dirname, '.node/tools'), '/usr/sbin', '/sbin']

/** Of the many processes that tests start: their sources are compiled once. */
const NODE_COMPILE_CACHE = join(import.meta.dirname, '.node/compile-cache')

const project = (
  name: string,
  groupOrder: number,
  test: TestProjectInlineConfiguration['test'],
): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, sequence: { groupOrder }, ...test },
})

if (!isRoot)
  console.warn('Not root: tests that load kernel programs or make network namespaces are left out.')

export default defineConfig({
  test: {
    env: { PATH: PATH.join(delimiter), NODE_COMPILE_CACHE },
    // For a busy machine: what waits for a condition has up to 30 s.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    projects: [
      project('unit', 0, {
        // The modules are loaded once and not for each of 300 files: half the time. No test leaves anything behind.
        isolate: false,
        include: [`${PACKAGES}/**/*.test.{ts,tsx}`],
        exclude: [...EXCLUDE, NEED_ROOT],
      }),
      project('across', 1, {
        include: ['test/**/*.test.ts'],
        exclude: [...EXCLUDE, NEED_ROOT, BROWSER, WHOLE],
      }),
      project('browser', 1, { include: [BROWSER], exclude: EXCLUDE }),
      project('root', 2, {
        include: isRoot ? [NEED_ROOT] : [],
        exclude: [...EXCLUDE, WHOLE, ATTACKS],
        fileParallelism: false,
        testTimeout: 240_000,
      }),
      project('e2e', 2, {
        include: [WHOLE],
        exclude: isRoot ? EXCLUDE : [...EXCLUDE, NEED_ROOT],
        fileParallelism: false,
        // A test may start a whole NetScope, which takes a busy machine up to two minutes.
        testTimeout: 240_000,
      }),
      project('attacks', 2, {
        include: isRoot ? [ATTACKS] : [],
        exclude: EXCLUDE,
        fileParallelism: false,
        testTimeout: 120_000,
      }),
    ],
  },
})
