/** What a NetScope server says is wrong: its RFC 9457 problem document as an error. */

export class ApiProblem extends Error {
  /** HTTP status. */
  readonly status: number
  /** Of the server's catalogue, which may be newer than ours. */
  readonly code: string
  readonly remedy: string

  constructor(status: number, code: string, detail: string, remedy: string) {
    super(detail)
    this.name = 'ApiProblem'
    this.status = status
    this.code = code
    this.remedy = remedy
  }
}
