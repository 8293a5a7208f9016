/** For tests: requests that carry a token unless they say otherwise. */
import type { InjectOptions } from 'fastify'
import type { App } from '../api/app-types.ts'

type Headers = Record<string, string | string[] | undefined>

/** Whether a request brings credentials of its own; an empty `authorization` stands for none at all. */
const hasOwn = (headers: Headers | undefined): boolean =>
  headers !== undefined && ('authorization' in headers || 'cookie' in headers)

const authorized = (given: string | InjectOptions, token: string): InjectOptions => {
  const options: InjectOptions = typeof given === 'string' ? { url: given } : given
  const headers = options.headers as Headers | undefined
  if (hasOwn(headers)) return options
  return { ...options, headers: { ...headers, authorization: `Bearer ${token}` } }
}

/** The app, whose `inject` sends the token. */
export const withToken = (app: App, token: string): App => {
  const inject = (options: string | InjectOptions) => app.inject(authorized(options, token))
  return new Proxy(app, {
    get: (target, name) =>
      name === 'inject' ? inject : (Reflect.get(target, name, target) as unknown),
  })
}

/** `fetch` that sends the token. */
export const fetchWith = (
  base: string,
  token: string,
  path: string,
  init: RequestInit = {},
): Promise<Response> => {
  const headers = new Headers(init.headers)
  if (!headers.has('authorization') && !headers.has('cookie'))
    headers.set('authorization', `Bearer ${token}`)
  return fetch(new URL(path, base), { ...init, headers })
}
