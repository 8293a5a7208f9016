/** The API of a server by its operations, with the credentials of whoever runs the command. */
import { createApiClient, type ApiClient, type ApiRequest } from '@netscope/core/api/client.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { authorization } from './credentials.ts'
import { refused, unreachable } from './request.ts'

const ANSWER_WITHIN_MS = 60_000

const send = async (base: URL, { method, path, body }: ApiRequest): Promise<unknown> => {
  // Below the base, which may be a path of a proxy.
  const url = new URL(path.slice(1), base)
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const headers = { ...type, ...(await authorization(url)) }
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
  const init = { method, headers, signal, ...(body !== undefined && { body }) }
  let [ok, status, text] = [false, 0, '']
  try {
    const response = await fetch(url, init)
    ;({ ok, status } = response)
    text = await response.text()
  } catch (error) {
    throw unreachable(url, error)
  }
  if (!ok) throw refused(url, status, text)
  return text === '' ? undefined : parsed(url, status, text)
}

const parsed = (url: URL, status: number, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    const reason = 'that is no JSON.'
    throw new NetscopeError('client.refused', { url: url.origin, status, reason })
  }
}

/** Its calls throw `client.unreachable`, `client.refused` or ApiProblem. */
export const apiAt = (base: URL): ApiClient => createApiClient((request) => send(base, request))
