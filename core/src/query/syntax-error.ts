/** What stops the reading of a query. */
import type { QueryError } from './query.ts'
import type { QueryField } from './query-field.ts'

/** What could have stood where the text ends. */
export type Expected =
  | { is: 'field' }
  | { is: 'list-end' }
  /** `isOpen`: a parenthesis could be closed too. */
  | { is: 'connective'; isOpen: boolean }
  | { is: 'operator'; field: QueryField }
  | { is: 'value'; field: QueryField; operator: string }

/** Never leaves core/src/query. */
export class QuerySyntaxError extends Error {
  readonly error: QueryError
  /** Set where nothing is wrong but that the text ends. */
  readonly expected: Expected | undefined

  constructor(error: QueryError, expected?: Expected) {
    super(error.message)
    this.error = error
    this.expected = expected
  }
}
