/** The text of the filter box: words that must occur, or a query of docs/reference/query.md. */
import { parseBy } from '@netscope/core/query/parse.ts'
import type { QueryError } from '@netscope/core/query/query.ts'
import type { QueryFields } from '@netscope/core/query/query-field.ts'

/** Addresses, names and ports have none of these. */
const WRITTEN = /[=<>~()"]|\S\s+in\b/i

/** Whether it is meant as a query. */
export const isWritten = (text: string): boolean => WRITTEN.test(text)

/** What is wrong with a query; undefined: nothing, or it is words. */
export const queryError = (text: string, fields: QueryFields): QueryError | undefined => {
  if (!isWritten(text)) return undefined
  const result = parseBy(text, fields)
  return result.ok ? undefined : result.error
}

/** The text with `by` for what stands at `from` to `to`, and where the cursor goes then. */
export const replaced = (text: string, from: number, to: number, by: string) => {
  const after = text.slice(to)
  const end = from + by.length
  if (after.startsWith(' ')) return { text: text.slice(0, from) + by + after, cursor: end + 1 }
  return { text: `${text.slice(0, from)}${by} ${after}`, cursor: end + 1 }
}

const AROUND = 24

/** The wrong part with a little of what stands around it. */
export const excerpt = (text: string, { position, length }: QueryError) => {
  const [from, to] = [Math.max(0, position - AROUND), position + length + AROUND]
  return {
    before: (from > 0 ? '…' : '') + text.slice(from, position),
    // Nothing stands where the text ends too early: the place itself is shown.
    wrong: text.slice(position, position + length) || '\u00a0',
    after: text.slice(position + length, to) + (to < text.length ? '…' : ''),
  }
}
