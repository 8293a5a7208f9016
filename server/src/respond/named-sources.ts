/** Which addresses a filter names as source or target outright: a policy for one that is protected is a mistake. */
import type { Prefix } from '@netscope/core/prefix.ts'
import type { QueryNode } from '@netscope/core/query/query.ts'

const HOST_BITS = 128

/** Hosts that `field` is compared with, not inside a `not`. */
export const namedHosts = (node: QueryNode, fields: readonly string[]): Prefix[] => {
  if (node.is === 'not') return []
  if (node.is !== 'test') return node.parts.flatMap((part) => namedHosts(part, fields))
  const { field, test } = node
  if (test.kind !== 'prefixes' || !field.of.some((name) => fields.includes(name))) return []
  return test.prefixes.filter(({ length }) => length === HOST_BITS)
}
