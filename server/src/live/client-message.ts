/** What a WebSocket client may say. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { QUERY_LIMITS } from '@netscope/core/query/query.ts'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Compile } from 'typebox/schema'
import { TOPICS } from './live-source.ts'

const strict = { additionalProperties: false }

const subscription = Type.Object(
  {
    topic: Type.Enum([...TOPICS]),
    filter: Type.Optional(Type.String({ maxLength: QUERY_LIMITS.length })),
  },
  strict,
)

const messages = {
  auth: Type.Object({
    type: Type.Literal('auth'),
    payload: Type.Object({ token: Type.String({ minLength: 1, maxLength: 4096 }) }, strict),
  }),
  subscribe: Type.Object({ type: Type.Literal('subscribe'), payload: subscription }),
  unsubscribe: Type.Object({ type: Type.Literal('unsubscribe'), payload: subscription }),
  ping: Type.Object({ type: Type.Literal('ping') }),
}
export type ClientMessage = {
  [Name in keyof typeof messages]: Static<(typeof messages)[Name]>
}[keyof typeof messages]

const checked = {
  auth: Compile(messages.auth),
  subscribe: Compile(messages.subscribe),
  unsubscribe: Compile(messages.unsubscribe),
  ping: Compile(messages.ping),
}

const invalid = (reason: string): NetscopeError => new NetscopeError('request.invalid', { reason })

const typeOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'type' in value ? String(value.type) : ''

/** Throws `request.invalid`. */
export const readMessage = (text: string): ClientMessage => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid('a message must be JSON.')
  }
  const type = typeOf(value)
  if (!Object.hasOwn(checked, type))
    throw invalid(`type must be one of ${Object.keys(checked).join(', ')}.`)
  const check = checked[type as keyof typeof checked]
  if (check.Check(value)) return value
  const [, errors] = check.Errors(value)
  const { instancePath = '', message = 'has another form' } = errors[0] ?? {}
  const topics = instancePath.endsWith('/topic') ? `: one of ${TOPICS.join(', ')}` : ''
  throw invalid(`${instancePath.slice(1).replaceAll('/', '.') || type} ${message}${topics}.`)
}
