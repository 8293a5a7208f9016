/** `netscope doctor`: what this machine can do for NetScope, tried by a process of the agent's code. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { formatConfigFlags } from '@netscope/core/config/flags.ts'
import type { Diagnosis } from '@netscope/core/diagnosis.ts'
import { addConfigOptions, configFlagsOf } from '../config/options.ts'
import { formatDiagnosis } from './format-diagnosis.ts'
import { createPage } from './page.ts'

/** By path, because the CLI does not import the agent. */
const ENTRY = fileURLToPath(new URL('../../../agent/src/diagnose/main.ts', import.meta.url))

const HELP = `
Loads the smallest program of each kind, attaches it where that harms nobody, and takes everything back.
Without root it says what it could not see.

  ✓ works   ! works, with a limit   ✗ does not work   ? could not be tried

Examples:
  sudo netscope doctor
  sudo netscope doctor --json | jq '.checks[] | select(.state != "works")'

Exit codes: 0 tier A works, 1 it does not, 2 wrong usage or configuration.`

const run = async ({ json }: { json?: boolean }, command: Command): Promise<void> => {
  const { execPath, execArgv, env, stdout } = process
  const args = [...execArgv, ENTRY, ...formatConfigFlags(configFlagsOf(command))]
  // As JSON, this process becomes the one that tries: output and exit code are its own.
  if (json) process.execve!(execPath, [execPath, ...args], env)
  const child = spawn(execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
  const [found, code] = await Promise.all([text(child.stdout), ended])
  process.exitCode = code
  if (found === '') return // it has said why
  stdout.on('error', () => undefined) // `| head` has seen enough
  const lines = formatDiagnosis(JSON.parse(found) as Diagnosis, createPage(stdout, env))
  stdout.write(`${lines.join('\n')}\n`)
}

export const registerDoctor = (program: Command): void => {
  const command = program
    .command('doctor')
    .description('Say what works on this machine, what does not, and what would help')
    .option('--json', 'Print the diagnosis as JSON')
  addConfigOptions(command, ['flows', 'network']).addHelpText('after', HELP).action(run)
}
