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
}

export const problemOf = (error: unknown): Problem => {
  if (error instanceof NetscopeError || error instanceof AgentError) return document(error)
  const { validation, validationContext, statusCode, message } = error as FastifyError
  if (validation) return document(explainValidation(validation, validationContext))
  if (statusCode === 413)
    return document(new NetscopeError('request.too-large', { limit: BODY_LIMIT_BYTES }))
  if (statusCode !== undefined && statusCode < 500) {
    const {
      code,
      remedy,
      message: text,
    } = new NetscopeError('request.invalid', { reason: message })
    return document({ code, remedy, message: text, status: statusCode })
  }
  return document(new NetscopeError('internal', { reason: message ?? String(error) }))
}

/** Of a request body. */
export const BODY_LIMIT_BYTES = 65_536

const document = (of: {
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
