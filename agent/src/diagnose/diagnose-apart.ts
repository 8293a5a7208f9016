/** The doctor in a process of its own that ends: its code and what it reads would stay in the agent's memory (10 MB). */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Diagnosis } from '@netscope/core/diagnosis.ts'

const ENTRY = fileURLToPath(new URL('./main.ts', import.meta.url))
const LIMIT_MS = 30_000

/**
 * With our arguments and capabilities, until `signal`; undefined, and `onProblem` is told why, when it gave no answer.
 */
export const diagnoseApart = async (
  args: readonly string[],
  onProblem: (reason: string) => void,
  signal: AbortSignal,
): Promise<Diagnosis | undefined> => {
  try {
    // It exits with 1 where tier A does not work: what it says counts.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...process.execArgv, ENTRY, ...args],
      {
        timeout: LIMIT_MS,
        maxBuffer: 8 << 20,
        signal,
      },
    ).catch((error: { stdout?: string }) => {
      if (error.stdout) return { stdout: error.stdout }
      throw error
    })
    return JSON.parse(stdout) as Diagnosis
  } catch (error) {
    if (!signal.aborted) onProblem((error as Error).message)
    return undefined
  }
}
