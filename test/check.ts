/** `npm run check`: format, lint, structure, types and unit tests, each with its time; `-- --no-tests` leaves tests out. */
import { spawnSync } from 'node:child_process'
import { structureProblems } from './structure.ts'

interface Part {
  name: string
  /** What is wrong, or an empty string. */
  run(): string
  remedy: string
}

const tool = (file: string, ...args: string[]): string => {
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [`node_modules/${file}`, ...args],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  )
  if (status === 0) return ''
  return (error?.message ?? '') + stdout + stderr || `${file} ended with code ${status}`
}

const PARTS: Part[] = [
  { name: 'format', run: () => tool('oxfmt/bin/oxfmt', '--check', '.'), remedy: 'npm run format' },
  {
    name: 'lint',
    run: () => tool('oxlint/bin/oxlint', '--type-aware', '--format=unix', '--deny-warnings'),
    remedy: 'rules and exceptions are in .oxlintrc.json',
  },
  {
    name: 'structure',
    run: () => structureProblems(process.cwd()).join('\n'),
    remedy: 'the rules are in test/structure.ts and CONTRIBUTING.md',
  },
  { name: 'types', run: () => tool('typescript/bin/tsc', '-p', '.'), remedy: 'tsconfig.json' },
  {
    name: 'types of the page',
    run: () => tool('typescript/bin/tsc', '-p', 'web'),
    remedy: 'web/tsconfig.json',
  },
  {
    name: 'types of the browser tests',
    run: () => tool('typescript/bin/tsc', '-p', 'test/browser'),
    remedy: 'test/browser/tsconfig.json',
  },
  {
    name: 'unit tests',
    run: () => tool('vitest/vitest.mjs', 'run', '--project', 'unit', '--reporter=dot'),
    remedy: 'one file alone: bin/node node_modules/vitest/vitest.mjs run PATH',
  },
]

const LINES_SHOWN = 60

const check = (part: Part): boolean => {
  const startedAt = performance.now()
  const problems = part.run().trim()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)
  console.log(`${problems === '' ? 'ok    ' : 'FAILED'} ${seconds} s  ${part.name}`)
  if (problems === '') return true
  const lines = problems.split('\n')
  console.log(
    lines
      .slice(0, LINES_SHOWN)
      .map((line) => `    ${line}`)
      .join('\n'),
  )
  if (lines.length > LINES_SHOWN) console.log(`    … and ${lines.length - LINES_SHOWN} more lines`)
  console.log(`    → ${part.remedy}`)
  return false
}

const withTests = !process.argv.includes('--no-tests')
const parts = PARTS.filter(({ name }) => withTests || name !== 'unit tests')
const failed = parts.filter((part) => !check(part))
console.log(
  failed.length === 0 ? 'check: all good' : `check: ${failed.length} of ${parts.length} failed`,
)
process.exitCode = failed.length === 0 ? 0 : 1
