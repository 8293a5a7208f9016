/** The filter language of flows, as it is understood: what a parsed query is, what an error says, what SQL needs to know. */
import type { Prefix } from '../prefix.ts'
import type { QueryField } from './query-field.ts'

/** Bounds of what is read at all: hostile text costs little. */
export const QUERY_LIMITS = {
  /** UTF-16 code units. */
  length: 4096,
  /** Parentheses and `not` inside each other. */
  depth: 32,
  /** Values that are compared with, those in lists each for itself. */
  values: 512,
  /** `*` in one pattern. */
  wildcards: 8,
} as const

export interface Query {
  text: string
  root: QueryNode
}

/** `and` without parts is always true: the empty query. */
export type QueryNode =
  | (Span & { is: 'and' | 'or'; parts: readonly QueryNode[] })
  | (Span & { is: 'not'; part: QueryNode })
  | (Span & { is: 'test'; field: QueryField; test: ValueTest })

/** Where it stands in the text, in UTF-16 code units. */
interface Span {
  from: number
  to: number
}

export type Comparison = '=' | '<' | '<=' | '>' | '>='

/** What a value of a field must be. `!=`, `!~` and `not in` are `not` around one of these. */
export type ValueTest =
  /** In the field's unit: bytes, bytes per second, milliseconds. */
  | { kind: 'number'; operator: Comparison; value: number }
  | { kind: 'numbers'; values: readonly number[] }
  | { kind: 'time'; operator: Comparison; time: QueryTime }
  | { kind: 'times'; times: readonly QueryTime[] }
  /** All of these bits. */
  | { kind: 'bits'; bits: number }
  /** One of these, exactly. */
  | { kind: 'texts'; texts: readonly string[] }
  /** Like one of these: the whole text is the parts with anything between them; ASCII letters in lower case. */
  | { kind: 'patterns'; patterns: readonly (readonly string[])[] }
  | { kind: 'prefixes'; prefixes: readonly Prefix[] }

/** Microseconds since 1970, or that long before the moment of asking. */
export type QueryTime = { us: number } | { agoUs: number }

export type QueryResult = { ok: true; query: Query } | { ok: false; error: QueryError }

/** What is wrong, and where: `length` code units at `position`, for which `suggestion` could stand. */
export interface QueryError {
  message: string
  position: number
  length: number
  suggestion?: string
}

/**
 * How a store holds a field. All expressions give the value in the field's own unit. What is not known is '' or 0 as
 * in a flow, or, with `nullable`, NULL.
 */
export type ColumnSql =
  | { kind: 'integer' | 'real'; sql: string; nullable?: true }
  /** BIGINT of microseconds since 1970, or TIMESTAMP in UTC. */
  | { kind: 'time'; sql: string; unit: 'us' | 'timestamp'; nullable?: true }
  | { kind: 'text'; sql: string; nullable?: true }
  /** Number whose text is `values[number]`. */
  | { kind: 'coded'; sql: string; values: readonly string[]; nullable?: true }
  /**
   * It stands elsewhere, such as a text of a dictionary or what a table of processes tells: `column` is its column
   * there, `matching` gives the SQL that is true where the condition is of that row, `empty` the SQL that is true where
   * there is no such row.
   */
  | { kind: 'dictionary'; column: ColumnSql; matching(condition: string): string; empty: string }
  /** Two UBIGINT of the 16 bytes in network order, IPv4 as ::ffff:a.b.c.d … */
  | { kind: 'address'; high: string; low: string }
  /** … or one UHUGEINT. */
  | { kind: 'address'; sql: string }

/** A condition for WHERE that is never NULL; values stand in it as $1, $2 … */
export interface QuerySql {
  sql: string
  parameters: (string | number | bigint)[]
}

export interface Completion {
  text: string
  kind: 'field' | 'operator' | 'value' | 'keyword'
  detail: string
}

/** What could stand at text[from, to). */
export interface Completions {
  from: number
  to: number
  options: Completion[]
}
