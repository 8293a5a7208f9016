/** Names of prefixes: the longest one that holds an address gives its name. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'

/** Of the 16 bytes at `at`; empty: none holds it. */
export type NameOf = (view: DataView, at: number) => string

/** For some hundred prefixes: they are tried one after the other. */
export const createNamedPrefixes = (
  named: readonly (readonly [prefix: string, name: string])[],
): NameOf => {
  const entries = named
    .map(([text, name]) => ({ prefix: parsePrefix(text), name }))
    .toSorted((a, b) => b.prefix.length - a.prefix.length)
    .map(({ prefix, name }) => ({ holds: prefixTest(prefix), name }))
  return (view, at) => entries.find(({ holds }) => holds(view, at))?.name ?? ''
}
