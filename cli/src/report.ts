/** How a failed command ends: what happened and what to do on standard error, without a stack. */
import { CommanderError } from 'commander'
import { NetscopeError, type ErrorCode } from '@netscope/core/errors.ts'

const EXIT_FAILURE = 1
/** Wrong usage or configuration: trying again would not help. */
export const EXIT_USAGE = 2

const WRONG_USAGE: ReadonlySet<ErrorCode> = new Set([
  'config.invalid',
  'filter.invalid',
  'capture.filter',
])

const describe = (error: unknown): string => {
  if (process.env['NETSCOPE_DEBUG'])
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  if (error instanceof NetscopeError) return `${error.message}\n${error.remedy}`
  return error instanceof Error ? error.message : String(error)
}

/** Prints `error` and returns the exit code of the process. */
export const report = (error: unknown, print: (line: string) => void): number => {
  // Commander has already printed what it throws.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE
  print(`netscope: ${describe(error)}`)
  return error instanceof NetscopeError && WRONG_USAGE.has(error.code) ? EXIT_USAGE : EXIT_FAILURE
}
