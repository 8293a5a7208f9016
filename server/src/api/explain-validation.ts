/** A request that does not fit its schema, explained by what would be allowed. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FastifyError } from 'fastify'
import { inWords } from '../declared/pattern-words.ts'

type Violation = NonNullable<FastifyError['validation']>[number] & {
  /** With ajv's option `verbose`. */
  parentSchema?: SchemaPart
  data?: unknown
}

interface SchemaPart {
  properties?: Record<string, unknown>
  enum?: readonly unknown[]
  type?: string
  minimum?: number
  maximum?: number
  maxLength?: number
}

export const explainValidation = (
  violations: NonNullable<FastifyError['validation']>,
  context: string | undefined,
): NetscopeError => {
  const violation = violations[0] as Violation
  const { name, reason } = explain(violation)
  if (context !== 'querystring') {
    const place = name === '' ? 'the body' : `"${name}" in the body`
    const values = violation.keyword === 'enum' ? ` Its values: ${allowedBy(violation)}.` : ''
    return new NetscopeError('request.invalid', { reason: `${place}: ${reason}${values}` })
  }
  return new NetscopeError('query.invalid', { name, reason, allowed: allowedBy(violation) })
}

const explain = ({ keyword, params, instancePath, message, data }: Violation) => {
  const name = instancePath.slice(1).replaceAll('/', '.')
  const { additionalProperty, missingProperty } = params as Record<string, string | undefined>
  if (additionalProperty !== undefined)
    return { name: additionalProperty, reason: 'there is no such parameter.' }
  if (missingProperty !== undefined) return { name: missingProperty, reason: 'it is missing.' }
  const shown = show(data, name)
  if (keyword === 'enum') return { name, reason: `${shown} is none of its values.` }
  return { name, reason: `${shown} ${inWords({ message, params }) ?? 'is wrong'}.` }
}

/** Names of what may hold a secret; `current` and `new` are passwords. */
const SECRET = /pass|secret|token|key|url|webhook|authorization|settings|^current$|^new$/i

const show = (data: unknown, name: string): string => {
  const text = JSON.stringify(data) ?? 'nothing'
  const holdsMore = typeof data === 'object' && text.length > '{}'.length && data !== null
  // Answers are logged and passed on.
  if (SECRET.test(name) || holdsMore) return 'what is there'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

const allowedBy = ({ keyword, parentSchema = {} }: Violation): string => {
  if (keyword === 'additionalProperties' || keyword === 'required') {
    return Object.keys(parentSchema.properties ?? {}).join(', ')
  }
  if (parentSchema.enum) return parentSchema.enum.join(', ')
  const { minimum, maximum, maxLength } = parentSchema
  if (parentSchema.type === 'boolean') return 'true, false'
  if (parentSchema.type === 'string')
    return `up to ${maxLength ?? 'any number of'} characters, once`
  return `whole numbers from ${minimum ?? 'any'} to ${maximum ?? 'any'}`
}
