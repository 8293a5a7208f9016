/** Requests whose answers are read as they come, for as long as that takes: fetch gives up after five minutes. */
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { text } from 'node:stream/consumers'
import type { NetscopeError } from '@netscope/core/errors.ts'
import { authorization } from './credentials.ts'
import { refused, unreachable } from './request.ts'

/** As fetch's errors, which have the system's as their cause. */
export const cutOff = (url: URL, error: Error): NetscopeError =>
  unreachable(url, new Error(error.message, { cause: error }))

const send = (url: URL, options: RequestOptions, body?: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp
    request(url, options, resolve)
      .on('error', (error) => reject(cutOff(url, error)))
      .end(body)
  })

const answered = async (url: URL, response: IncomingMessage): Promise<IncomingMessage> => {
  const status = response.statusCode ?? 0
  if (status >= 200 && status < 300) return response
  throw refused(url, status, await text(response).catch(() => ''))
}

/** The answer once its headers are there; throws `client.unreachable`, `client.refused` or ApiProblem. */
export const postJson = async (
  url: URL,
  body: unknown,
  signal?: AbortSignal,
): Promise<IncomingMessage> => {
  const headers = { 'content-type': 'application/json', ...(await authorization(url)) }
  const options: RequestOptions = { method: 'POST', headers, ...(signal && { signal }) }
  return answered(url, await send(url, options, JSON.stringify(body)))
}

/** Throws as postJson. */
export const remove = async (url: URL, signal: AbortSignal): Promise<void> => {
  const headers = await authorization(url)
  const response = await answered(url, await send(url, { method: 'DELETE', signal, headers }))
  response.resume()
}
