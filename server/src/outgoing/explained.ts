/** An error in words, with what helps against it where that is known. */
import { NetscopeError } from '@netscope/core/errors.ts'

export const explained = (error: unknown): string => {
  if (error instanceof NetscopeError) return `${error.message} ${error.remedy}`
  return error instanceof Error ? error.message : String(error)
}
