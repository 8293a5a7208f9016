/** One line per check: `ok`, or `FAILED` with what was found. */
import { isDeepStrictEqual, inspect } from 'node:util'

export interface Checks {
  /** A body that throws has failed; what it returns stands behind the name. */
  check(name: string, body: () => unknown): Promise<void>
  failed(): boolean
}

export const createChecks = (): Checks => {
  let failed = false
  return {
    check: async (name, body) => {
      try {
        const note = await body()
        console.log(`ok     ${name}${typeof note === 'string' ? ` (${note})` : ''}`)
      } catch (error) {
        failed = true
        console.log(`FAILED ${name}: ${error instanceof Error ? error.message : String(error)}`)
      }
    },
    failed: () => failed,
  }
}

/** Exact equality, in depth. */
export const equal = (found: unknown, expected: unknown): void => {
  if (isDeepStrictEqual(found, expected)) return
  const show = (value: unknown) => inspect(value, { breakLength: Infinity, depth: 5 })
  throw new Error(`found ${show(found)}, expected ${show(expected)}`)
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))
