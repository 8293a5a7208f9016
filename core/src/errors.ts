/** Every error that NetScope reports on purpose: code, HTTP status, message, remedy. */

export interface ErrorEntry {
  /** HTTP status where the error reaches a client. */
  status: number
  /** `{name}` stands for a parameter. */
  message: string
  /** What the reader can do about it. */
  remedy: string
}

const entry = (status: number, message: string, remedy: string): ErrorEntry => ({ status, message, remedy })

export const ERRORS = {
  'config.invalid': entry(500, 'The configuration is wrong:\n{problems}', 'Correct every place named; `netscope config check` repeats the check.'),
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS
export type ErrorParams = Readonly<Record<string, string | number>>

const fill = (template: string, params: ErrorParams): string =>
  template.replace(/\{(\w+)\}/g, (hole, name: string) => String(params[name] ?? hole))

/** An error of the catalogue; `params` fill the message, `cause` is what led to it. */
export class NetscopeError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly remedy: string
  readonly params: ErrorParams

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: { cause?: unknown }) {
    super(fill(ERRORS[code].message, params), options)
    this.name = 'NetscopeError'
    this.code = code
    this.status = ERRORS[code].status
    this.remedy = ERRORS[code].remedy
    this.params = params
  }
}
