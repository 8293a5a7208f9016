/**
 * Entry of `netscope doctor`: configuration flags. Prints a Diagnosis as JSON; exit code 0 when tier A works,
 * 1 when it does not, 2 for wrong usage or configuration.
 */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { ConfigError } from '@netscope/core/config/config-error.ts'
import { parseConfigFlags } from '@netscope/core/config/flags.ts'
import { loadConfig } from '@netscope/core/config/load-config.ts'
import { tierWorks } from '@netscope/core/diagnosis.ts'
import { diagnose } from './diagnose.ts'
import { createMachineSystem } from './machine-system.ts'

const run = async (argv: readonly string[]): Promise<number> => {
  const { config, warnings } = await loadConfig({
    process: 'agent',
    env: process.env,
    cwd: process.cwd(),
    hostname: hostname(),
    readFile: (path) => readFileSync(path, 'utf8'),
    ...parseConfigFlags(argv),
  })
  for (const warning of warnings) process.stderr.write(`netscope: warning: ${warning}\n`)
  const settings = { tableSize: config.flows.tableSize, attach: config.network.attach }
  const diagnosis = await diagnose(settings, createMachineSystem(), Date.now)
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(diagnosis)}\n`, resolve))
  return tierWorks(diagnosis.checks, 'tier A') ? 0 : 1
}

// `netscope doctor --json | head` has seen enough.
process.stdout.on('error', () => process.exit(0))
try {
  // A probe that hangs must not keep the process.
  process.exit(await run(process.argv.slice(2)))
} catch (error) {
  const isUsage = error instanceof ConfigError
  const text = error instanceof Error ? (isUsage ? error.message : error.stack) : String(error)
  process.stderr.write(`netscope: ${text}\n${isUsage ? `${error.remedy}\n` : ''}`)
  process.exit(isUsage ? 2 : 1)
}
