/** Completion as bash gives it; of zsh and fish, that they take the script where they are installed. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Argument, Command, Option } from 'commander'
import { expect, test } from 'vitest'
import { commandTree } from './command-tree.ts'
import { bashScript, fishScript, zshScript } from './scripts.ts'

const program = new Command('tool').option('--plain', "it's plain")
const lists = program.command('lists').description('Show: $(lists) `now`')
lists.addArgument(new Argument('[list]').choices(['deny', 'allow']))
lists.addOption(new Option('-o, --output <how>').choices(['table', 'json']))
lists.addOption(new Option('--secret').hideHelp())
program.command('users').command('create').option('--name <text>', 'of it')
const tree = commandTree(program)

/** What a tab gives at the end of `words`. */
const complete = (...words: string[]): string[] => {
  const line = words.map((word) => `'${word}'`).join(' ')
  const probe = `COMP_WORDS=(tool ${line}); COMP_CWORD=${words.length}; _tool; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', `${bashScript(tree)}\n${probe}`], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return stdout.split('\n').filter(Boolean)
}

test('commands and options by their beginning', () => {
  expect(complete('')).toEqual(['lists', 'users', '--plain', '--help', '-h'])
  expect(complete('us')).toEqual(['users'])
  expect(complete('users', '')).toContain('create')
  expect(complete('users', 'create', '--n')).toEqual(['--name'])
})

test('the values that an option or argument has; hidden options are not told', () => {
  expect(complete('lists', '-o', '')).toEqual(['table', 'json'])
  expect(complete('lists', '--output', 'j')).toEqual(['json'])
  expect(complete('lists', 'd')).toEqual(['deny'])
  expect(complete('lists', '--s')).toEqual([])
})

test('words of other options do not lead to another command', () => {
  expect(complete('lists', 'users', '--n')).toEqual([])
})

test.each([
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
] as const)('%s takes its script', (shell, script) => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-completion-'))
  const file = join(folder, 'script')
  writeFileSync(file, script(tree))
  const { error, status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  if (error && 'code' in error && error.code === 'ENOENT') return
  expect([status, stderr]).toEqual([0, ''])
})
