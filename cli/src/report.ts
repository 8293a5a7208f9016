/** How a failed command ends: what happened and what to do on standard error, without a stack; its exit code. */
import { CommanderError, InvalidArgumentError } from 'commander'
import { NetscopeError, type ErrorCode } from '@netscope/core/errors.ts'
import { ApiProblem } from './client/api-problem.ts'

/** The same of all commands: docs/reference/cli.md. */
const EXIT = {
  failed: 1,
  /** Wrong usage or configuration: trying again would not help. */
  usage: 2,
  /** Nobody answers there. */
  unreachable: 3,
  /** Not signed in, or without the role that it takes. */
  forbidden: 4,
  /** What it is about is not there. */
  notFound: 5,
} as const

export const EXIT_CODES = `Exit codes: 0 done, ${EXIT.failed} failed, ${EXIT.usage} wrong usage or configuration, ${EXIT.unreachable} server not reachable, ${EXIT.forbidden} not allowed,
${EXIT.notFound} there is no such thing.`

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  'config.invalid': EXIT.usage,
  'filter.invalid': EXIT.usage,
  'capture.filter': EXIT.usage,
  'anomaly.file': EXIT.usage,
  'anomaly.input': EXIT.usage,
  'anomaly.model': EXIT.usage,
  'anomaly.too-little': EXIT.usage,
  'client.unreachable': EXIT.unreachable,
}

/** Of what the API answered. */
const BY_STATUS: Readonly<Record<number, number>> = {
  400: EXIT.usage,
  401: EXIT.forbidden,
  403: EXIT.forbidden,
  404: EXIT.notFound,
}

const exitCodeOf = (error: unknown): number => {
  const found =
    error instanceof ApiProblem
      ? BY_STATUS[error.status]
      : error instanceof NetscopeError && BY_CODE[error.code]
  return found || EXIT.failed
}

const describe = (error: unknown): string => {
  if (process.env['NETSCOPE_DEBUG'])
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  if (error instanceof NetscopeError || error instanceof ApiProblem)
    return `${error.message}\n${error.remedy}`.trimEnd()
  return error instanceof Error ? error.message : String(error)
}

/** Prints `error` and returns the exit code of the process. */
export const report = (error: unknown, print: (line: string) => void): number => {
  // Thrown by a command itself: Commander prints only what it throws.
  if (error instanceof InvalidArgumentError) print(`netscope: ${error.message}`)
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage
  print(`netscope: ${describe(error)}`)
  return exitCodeOf(error)
}
