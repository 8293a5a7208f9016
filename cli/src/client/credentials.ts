/** Which token goes with a request: NETSCOPE_TOKEN, else a stored login, else that of a server on this machine. */
import { localTokenFor } from './local-token.ts'
import { findLogin, removeLogin, saveLogin, type Login } from './login-file.ts'

const ANSWER_WITHIN_MS = 15_000
/** A token that ends meanwhile is of no use. */
const EARLY_MS = 30_000

export interface Tokens {
  access_token: string
  expires_in: number
  refresh_token: string
}

/** Whether an answer is what login and refresh give to programs. */
export const isTokens = (body: unknown): body is Tokens => {
  const { access_token, expires_in, refresh_token } = (body ?? {}) as Partial<Tokens>
  return (
    typeof access_token === 'string' &&
    typeof expires_in === 'number' &&
    typeof refresh_token === 'string'
  )
}

export const loginOf = (url: URL, name: string, tokens: Tokens, now: number): Login => ({
  url: url.origin,
  name,
  accessToken: tokens.access_token,
  accessExpiresAtMs: now + tokens.expires_in * 1000,
  refreshToken: tokens.refresh_token,
})

/** Two commands at once may send the same refresh token; the server gives both the same next one. */
const refresh = async (login: Login): Promise<string | undefined> => {
  const url = new URL('/api/v1/auth/refresh', login.url)
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refresh_token: login.refreshToken }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  })
  if (response.status === 401) removeLogin(login.url)
  if (!response.ok) return undefined
  const body: unknown = await response.json()
  if (!isTokens(body)) return undefined
  saveLogin(loginOf(url, login.name, body, Date.now()))
  return body.access_token
}

/** undefined: there is none, and the server will say what to do. */
const tokenFor = async (url: URL): Promise<string | undefined> => {
  const given = process.env['NETSCOPE_TOKEN']
  if (given) return given
  const login = findLogin(url)
  if (!login) return localTokenFor(url)
  if (login.accessExpiresAtMs - Date.now() > EARLY_MS) return login.accessToken
  // Whoever is not reachable is told by the request itself.
  return refresh(login).catch(() => undefined)
}

/** The header that says who asks, if anybody does. */
export const authorization = async (url: URL): Promise<Record<string, string>> => {
  const token = await tokenFor(url)
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}
