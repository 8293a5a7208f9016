/** What an answer over HTTP means for a message. */
import type { Answer } from '../outgoing/exchange.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import { pauseMs, retryAfterMs, waitMs } from '../outgoing/retry-after.ts'
import { urlProblem } from '../outgoing/url-problem.ts'
import type { Outcome } from './channel.ts'
import { oneLine } from './notice.ts'

const LONGEST_ANSWER = 200
/** Of the answer; whoever has taken a message may say whatever they like of it. */
const MAX_BYTES = 65_536

/** Of a setting; what is in a file or variable is read only when it is used. */
export const settingUrlProblem = (url: string): string | undefined => {
  const problem = /^(file|env):/.test(url) ? undefined : urlProblem(url)
  return problem === undefined ? undefined : `its url cannot be used: ${problem}`
}

/** Once there is a status, the message was taken or not: no body makes it be sent twice. */
export const post = (
  outgoing: Pick<Outgoing, 'request'>,
  of: { url: string; headers: Readonly<Record<string, string>>; body: string },
): Promise<Answer> =>
  outgoing.request({ ...of, method: 'POST', maxBytes: MAX_BYTES, onlyStart: true })

/** Discord says it in the body, as seconds with a fraction. */
const bodyWaitMs = (body: Buffer): number | undefined => {
  try {
    const { retry_after: seconds } = JSON.parse(String(body)) as { retry_after?: unknown }
    return typeof seconds === 'number' ? retryAfterMs(String(seconds), 0) : undefined
  } catch {
    return undefined
  }
}

/** In words, without markup: error pages may be HTML. */
export const wordsOf = ({ status, body }: Answer): string => {
  const text = String(body.subarray(0, 4096)).replace(
    /<(style|script|title)[^]*?<\/\1>|<[^>]*>/g,
    ' ',
  )
  const words = oneLine(text.replace(/\s+/g, ' '), LONGEST_ANSWER)
  return words ? `status ${status}: ${words}` : `status ${status}`
}

/** Not the message is wrong, but the moment. */
const LATER: ReadonlySet<number> = new Set([408, 421, 425, 429])

/** `broken`: statuses after which the channel is not tried again; other 4xx refuse the message only. */
export const outcomeOf = (
  answer: Answer,
  broken: (status: number) => boolean,
  nowMs: number,
): Outcome => {
  const { status, headers } = answer
  if (status >= 200 && status < 300) {
    const afterMs = pauseMs(headers, nowMs)
    return { kind: 'sent', ...(afterMs !== undefined && { afterMs }) }
  }
  const reason = wordsOf(answer)
  if (LATER.has(status) || status >= 500)
    return { kind: 'later', reason, afterMs: bodyWaitMs(answer.body) ?? waitMs(headers, nowMs) }
  return { kind: broken(status) ? 'broken' : 'refused', reason }
}

/** Not signed in, not allowed, not there, gone. */
export const isGone = (status: number): boolean => [401, 403, 404, 410].includes(status)
