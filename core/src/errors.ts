/** Every error that NetScope reports on purpose: code, HTTP status, message, remedy. */
import { ACCOUNT_ERRORS } from './errors/account-errors.ts'
import { ALERT_ERRORS } from './errors/alert-errors.ts'
import { DATA_ERRORS } from './errors/data-errors.ts'
import { HOST_ERRORS } from './errors/host-errors.ts'
import { OUTGOING_ERRORS } from './errors/outgoing-errors.ts'
import { INTEL_ERRORS } from './errors/intel-errors.ts'
import { REQUEST_ERRORS } from './errors/request-errors.ts'
import { RESPOND_ERRORS } from './errors/respond-errors.ts'

export const ERRORS = {
  ...REQUEST_ERRORS,
  ...ACCOUNT_ERRORS,
  ...HOST_ERRORS,
  ...DATA_ERRORS,
  ...ALERT_ERRORS,
  ...INTEL_ERRORS,
  ...OUTGOING_ERRORS,
  ...RESPOND_ERRORS,
}

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
    this.remedy = fill(ERRORS[code].remedy, params)
    this.params = params
  }
}
