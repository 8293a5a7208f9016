/**
 * Whether an alert is one that a policy answers. What people and other programs told (detector `external`) is only answered by a
 * policy that asks for it by name: nobody who wrote `severity >= 60` had that in mind.
 */
import type { RecordTest } from '@netscope/core/query/predicate.ts'
import type { Query, QueryNode, ValueTest } from '@netscope/core/query/query.ts'
import { alertTest } from '../alerts/alert-query.ts'
import type { KeptAlert } from '../alerts/alert-row.ts'

export const EXTERNAL = 'external'

/** The whole word, in any case; `detector ~ ext` may mean something else. */
const namesIt = (test: ValueTest): boolean =>
  (test.kind === 'texts' && test.texts.includes(EXTERNAL)) ||
  (test.kind === 'patterns' && test.patterns.some((parts) => parts.join('*') === EXTERNAL))

/** What of the filter asks for it by name, `detector = external`: alternatives that do not are left out. */
const namingExternal = (node: QueryNode): QueryNode | undefined => {
  if (node.is === 'not') return undefined
  if (node.is === 'test') {
    return node.field.of.includes('detector') && namesIt(node.test) ? node : undefined
  }
  const named = node.parts.map(namingExternal)
  if (named.every((part) => part === undefined)) return undefined
  if (node.is === 'or') return { ...node, parts: named.filter((part) => part !== undefined) }
  return { ...node, parts: node.parts.map((part, i) => named[i] ?? part) }
}

/** `now`: milliseconds since 1970. */
export const policyTest = (query: Query, now: () => number): RecordTest<KeptAlert> => {
  const ours = alertTest(query, now)
  const root = namingExternal(query.root)
  const external = root ? alertTest({ ...query, root }, now) : () => false
  return (alert) => (alert.detector === EXTERNAL ? external(alert) : ours(alert))
}
