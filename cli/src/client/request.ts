/** A request to the API: its answer, or an error that says what to do. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { ApiProblem } from './api-problem.ts'
import { authorization } from './credentials.ts'
import { printable } from '../output/printable.ts'

const ANSWER_WITHIN_MS = 15_000
/** Characters of what another program answers. */
const MOST_SHOWN = 200

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there.',
  ECONNRESET: 'the connection was cut.',
  ENOTFOUND: 'there is no such host.',
  EAI_AGAIN: 'the name of the host cannot be resolved now.',
  EHOSTUNREACH: 'there is no way to that host.',
  ENETUNREACH: 'there is no way to that network.',
  UND_ERR_SOCKET: 'the connection was cut.',
}

const reasonOf = (error: unknown): string => {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `no answer within ${ANSWER_WITHIN_MS / 1000} s.`
  const { cause, message } = error as Error
  const code = (cause as { code?: string } | undefined)?.code ?? ''
  return REASONS[code] ?? `${printable(cause instanceof Error ? cause.message : message)}.`
}

/** The problem document of a NetScope server; undefined: something else answered. */
const problemOf = (status: number, body: string): ApiProblem | undefined => {
  try {
    const { code, detail, remedy } = JSON.parse(body) as Record<string, unknown>
    if (typeof code !== 'string' || typeof detail !== 'string') return undefined
    const todo = typeof remedy === 'string' ? remedy : ''
    return new ApiProblem(status, code, printable(detail), printable(todo))
  } catch {
    // Not JSON: a proxy, or another program.
    return undefined
  }
}

/** Whether somebody answered, and trying again would not help. */
export const isRefused = (error: unknown): boolean =>
  error instanceof ApiProblem ||
  (error instanceof NetscopeError && error.code !== 'client.unreachable')

export const unreachable = (url: URL, error: unknown): NetscopeError =>
  new NetscopeError(
    'client.unreachable',
    { url: url.origin, reason: reasonOf(error) },
    { cause: error },
  )

/** What the body of a bad answer says. */
export const refused = (url: URL, status: number, body: string): NetscopeError | ApiProblem => {
  const reason = printable(body.slice(0, MOST_SHOWN)).trim()
  const { origin } = url
  return (
    problemOf(status, body) ?? new NetscopeError('client.refused', { url: origin, status, reason })
  )
}

/** The answer once its headers are there; throws `client.unreachable`, `client.refused` or ApiProblem. */
export const request = async (url: URL, signal: AbortSignal): Promise<Response> => {
  let response: Response
  try {
    response = await fetch(url, { signal, headers: await authorization(url) })
  } catch (error) {
    throw unreachable(url, error)
  }
  if (response.ok) return response
  throw refused(url, response.status, await response.text().catch(() => ''))
}

/** The parsed JSON of an answer. */
export const requestJson = async (url: URL): Promise<unknown> => {
  const response = await request(url, AbortSignal.timeout(ANSWER_WITHIN_MS))
  try {
    return JSON.parse(await response.text()) as unknown
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw unreachable(url, error)
    const reason = 'that is no JSON.'
    throw new NetscopeError('client.refused', { url: url.origin, status: response.status, reason })
  }
}
