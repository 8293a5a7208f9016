/** Errors as problem documents (RFC 9457), with the two fields that older clients read: ok and error. */
import { STATUS_CODES } from 'node:http'
import { ERRORS, NetscopeError } from '@netscope/core/errors.ts'
import type { ErrorCode } from '@netscope/core/errors.ts'
import type { FastifyError } from 'fastify'
import { AgentError } from '../commands.ts'
import { explainValidation } from './explain-validation.ts'

export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: ErrorCode
  /** What the reader can do about it. */
  remedy: string
  ok: false
  error: string
  /** Of a filter: where it is wrong, in UTF-16 code units from 0, and what could stand there. */
  position?: number
  length?: number
  suggestion?: string
}

/** `bodyLimit` is what the route that was asked for takes. */
export const problemOf = (error: unknown, bodyLimit = BODY_LIMIT_BYTES): Problem => {
  if (error instanceof NetscopeError || error instanceof AgentError)
    return { ...documentOf(error), ...placeOf(error) }
  const { validation, validationContext, statusCode, message } = error as FastifyError
  if (validation) return documentOf(explainValidation(validation, validationContext))
  if (statusCode === 413)
    return documentOf(new NetscopeError('request.too-large', { limit: bodyLimit }))
  if (statusCode === 415)
    return documentOf(new NetscopeError('request.media-type', { type: mediaTypeOf(message) }))
  if (statusCode !== undefined && statusCode < 500) {
    const {
      code,
      remedy,
      message: text,
    } = new NetscopeError('request.invalid', { reason: message })
    return documentOf({ code, remedy, message: text, status: statusCode })
  }
  return documentOf(new NetscopeError('internal', { reason: 'the log of the server says what' }))
}

const placeOf = (error: NetscopeError | AgentError): Partial<Problem> => {
  if (!(error instanceof NetscopeError && error.code === 'query.filter')) return {}
  const { position, length, suggestion } = error.params
  return {
    position: Number(position),
    length: Number(length),
    ...(suggestion !== undefined && { suggestion: String(suggestion) }),
  }
}

/** Fastify's message ends with what was sent; it is a header, so it is shown cut. */
const mediaTypeOf = (message: string): string => {
  const type = /: (.+)$/.exec(message)?.[1]
  return type === undefined ? 'none' : JSON.stringify(type.slice(0, 100))
}

/** Of a request body. */
export const BODY_LIMIT_BYTES = 65_536

const documentOf = (of: {
  code: ErrorCode
  status: number
  message: string
  remedy: string
}): Problem => ({
  type: `urn:netscope:error:${of.code}`,
  title: STATUS_CODES[of.status] ?? 'Error',
  status: of.status,
  detail: of.message,
  code: of.code,
  remedy: of.remedy || ERRORS[of.code].remedy,
  ok: false,
  error: of.message,
})
