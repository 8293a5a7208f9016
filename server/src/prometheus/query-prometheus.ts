/** Questions to a Prometheus (or what speaks its HTTP API): nothing of the asker but the question is passed on. */
import { NetscopeError } from '@netscope/core/errors.ts'

const ANSWER_WITHIN_MS = 15_000
/** An answer that is longer is not passed on. */
const MAX_ANSWER_BYTES = 16 << 20

export interface PrometheusConfig {
  /** Base URL; empty: there is none. */
  url: string
  answerWithinMs?: number
  maxAnswerBytes?: number
}

export type QueryPath = 'query' | 'query_range'

/** The JSON text of the answer. Throws `metrics.no-prometheus`, `metrics.expression` or `metrics.prometheus-failed`. */
export type QueryPrometheus = (
  path: QueryPath,
  parameters: Readonly<Record<string, string>>,
) => Promise<Buffer>

const failed = (reason: string, cause?: unknown): NetscopeError =>
  new NetscopeError('metrics.prometheus-failed', { reason }, { cause })

export const createQueryPrometheus = ({
  url,
  answerWithinMs = ANSWER_WITHIN_MS,
  maxAnswerBytes = MAX_ANSWER_BYTES,
}: PrometheusConfig): QueryPrometheus => {
  const ask = async (path: QueryPath, parameters: Readonly<Record<string, string>>) => {
    const signal = AbortSignal.timeout(answerWithinMs)
    try {
      const response = await fetch(new URL(`api/v1/${path}`, withSlash(url)), {
        method: 'POST',
        body: new URLSearchParams(parameters),
        headers: { accept: 'application/json' },
        redirect: 'error',
        signal,
      })
      return { status: response.status, body: await readUpTo(response, maxAnswerBytes) }
    } catch (error) {
      if (error instanceof NetscopeError) throw error
      throw failed(
        signal.aborted ? `no answer within ${answerWithinMs / 1000} s.` : 'it cannot be reached.',
        error,
      )
    }
  }

  return async (path, parameters) => {
    if (url === '') throw new NetscopeError('metrics.no-prometheus')
    const { status, body } = await ask(path, parameters)
    const answer = parse(body)
    if (status === 200 && answer?.['status'] === 'success') return body
    const words = answer?.['error']
    const reason = typeof words === 'string' ? words.slice(0, 500) : `status ${status}.`
    if (status === 400 || status === 422) throw new NetscopeError('metrics.expression', { reason })
    throw failed(reason)
  }
}

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`)

const readUpTo = async ({ body }: Response, most: number): Promise<Buffer> => {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length
    if (length > most) throw failed(`its answer has more than ${most} bytes.`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** undefined: it is no JSON object. */
const parse = (body: Buffer): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(body.toString())
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
