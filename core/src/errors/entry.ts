/** One entry of the catalogue of errors. */

export interface ErrorEntry {
  /** HTTP status where the error reaches a client. */
  status: number
  /** `{name}` stands for a parameter. */
  message: string
  /** What the reader can do about it. */
  remedy: string
}

export const entry = (status: number, message: string, remedy: string): ErrorEntry => ({
  status,
  message,
  remedy,
})
