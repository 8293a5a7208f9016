/** Values of query parameters that a schema can't describe. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { PROTOCOL_NAMES, protocolNumber } from '@netscope/core/protocol.ts'
import { parseQuery } from '@netscope/core/query/parse-query.ts'
import { QUERY_LIMITS } from '@netscope/core/query/query.ts'
import type { Query, QueryResult } from '@netscope/core/query/query.ts'
import { Type } from 'typebox'

export const addressParam = Type.String({ maxLength: 64 })
export const portParam = Type.Integer({ minimum: 0, maximum: 65_535 })
export const protocolParam = Type.String({ maxLength: 16 })

export const filterParam = Type.String({
  maxLength: QUERY_LIMITS.length,
  description: 'What flows must be, as docs/reference/query.md says.',
})

/** A filter of flows; throws `query.filter` with position (from 0), length and what could stand there. */
export const readFilter = (text: string): Query => readFilterBy(parseQuery, text)

/** The same for what else has fields. */
export const readFilterBy = (parse: (text: string) => QueryResult, text: string): Query => {
  const result = parse(text)
  if (result.ok) return result.query
  const { message, position, length, suggestion } = result.error
  const meant = suggestion === undefined ? '' : `; did you mean ${suggestion}?`
  throw new NetscopeError('query.filter', {
    character: position + 1,
    reason: `${message}${meant}`,
    position,
    length,
    ...(suggestion !== undefined && { suggestion }),
  })
}

/** Address or prefix; throws `query.invalid`. */
export const readAddress = (name: string, text: string): Prefix => {
  try {
    return parsePrefix(text)
  } catch (error) {
    const reason = error instanceof NetscopeError ? error.message : String(error)
    const allowed = 'an address or prefix of IPv4 or IPv6, such as 192.0.2.0/24'
    throw new NetscopeError('query.invalid', { name, reason, allowed })
  }
}

/** Name or number of an IP protocol; throws `query.invalid`. */
export const readProtocol = (name: string, text: string): number => {
  const number = protocolNumber(text)
  if (number !== undefined) return number
  const allowed = `${Object.values(PROTOCOL_NAMES).join(', ')}, or a number from 0 to 255`
  throw new NetscopeError('query.invalid', {
    name,
    reason: `${JSON.stringify(text)} is no protocol.`,
    allowed,
  })
}
