/** What is wrong with the configuration: every problem at once, each with its place and remedy. */
import { NetscopeError } from '../errors.ts'

export interface ConfigProblem {
  /** `config.yaml:3`, `NETSCOPE_SERVER_PORT` or `--server-port`. */
  place: string
  /** The key, such as `server.port`; empty where the problem is not one key's. */
  path: string
  message: string
  found?: string
  allowed?: string
  remedy?: string
}

/** A problem as lines of text, the first of which starts with the place. */
const formatProblem = ({ place, path, message, found, allowed, remedy }: ConfigProblem): string =>
  [
    `${place}: ${path === '' ? '' : `${path}: `}${message}`,
    found === undefined ? '' : `    found:   ${found}`,
    allowed === undefined ? '' : `    allowed: ${allowed}`,
    remedy === undefined ? '' : `    remedy:  ${remedy}`,
  ]
    .filter((line) => line !== '')
    .join('\n')

/** Thrown by `loadConfig`; the process prints `message` and exits with 2. */
export class ConfigError extends NetscopeError {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super('config.invalid', { problems: problems.map(formatProblem).join('\n') })
    this.name = 'ConfigError'
    this.problems = problems
  }
}
