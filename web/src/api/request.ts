/** One JSON request; what goes wrong becomes an `ApiError` whose message can be shown to a person. */
import { refresh } from './refresh.ts'

const TIMEOUT_MS = 15_000
const NO_CONTENT = 204

/** `status` 0: no answer. `message` is the server's own explanation where it gave one. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
  }
}

/** Fetches JSON of type `T`, which the caller knows from the contract. Throws `ApiError`. */
export const request = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
  const response = await answerOf(path, init)
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw problemOf(response, body)
  if (body === undefined && response.status !== NO_CONTENT)
    throw new ApiError(response.status, 'not-json', `${path} did not answer with JSON.`)
  return body as T
}

/** Posts JSON and gives an answer that is no JSON, for as long as that takes. Throws `ApiError`. */
export const requestFile = async (path: string, body: unknown): Promise<Response> => {
  const headers = { 'content-type': 'application/json' }
  const ask = () => fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
  const response = await inSession(path, ask).catch(() => {
    throw new ApiError(0, 'no-answer', UNREACHABLE)
  })
  if (response.ok) return response
  throw problemOf(response, await response.json().catch(() => undefined))
}

const UNREACHABLE = 'The server cannot be reached. Is NetScope still running?'

/** Signing in is judged by its own answer. */
const OWN_ANSWER = new Set(['/api/v1/auth/login', '/api/v1/auth/logout'])

/** The access token lives for minutes: when it is over, the session gets another. */
const inSession = async (path: string, ask: () => Promise<Response>): Promise<Response> => {
  const response = await ask()
  if (response.status !== 401 || OWN_ANSWER.has(path)) return response
  return (await refresh()) ? ask() : response
}

const answerOf = async (path: string, init: RequestInit): Promise<Response> => {
  const ask = () => fetch(path, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
  try {
    return await inSession(path, ask)
  } catch (cause) {
    const slow = cause instanceof DOMException && cause.name === 'TimeoutError'
    const text = slow ? `The server did not answer within ${TIMEOUT_MS / 1000} s.` : UNREACHABLE
    throw new ApiError(0, 'no-answer', text)
  }
}

/** The server's problem document (RFC 9457): what is wrong and, where it says so, what helps. */
const problemOf = (response: Response, body: unknown): ApiError => {
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const text = (name: string): string => {
    const value = problem[name]
    return typeof value === 'string' ? value : ''
  }
  const what = text('detail') || text('error') || text('title')
  const message = what || `The server answered ${response.status} ${response.statusText}.`
  return new ApiError(
    response.status,
    text('code'),
    [message, text('remedy')].filter(Boolean).join(' '),
  )
}

/** Words for whatever was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown)
