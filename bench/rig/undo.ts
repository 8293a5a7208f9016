/** Everything that a benchmark makes is undone in reverse order: at its end, on an error, on Ctrl-C. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Undo {
  /** `step` must work synchronously; returns a function that does it early, once. */
  add(step: () => void): () => void
  all(): void
}

export const createUndo = (): Undo => {
  const steps: (() => void)[] = []
  const attempt = (step: () => void) => {
    try {
      step()
    } catch (error) {
      console.error(`cleaning up: ${String(error)}`)
    }
  }
  return {
    add: (step) => {
      steps.push(step)
      return () => {
        const at = steps.indexOf(step)
        if (at < 0) return
        steps.splice(at, 1)
        attempt(step)
      }
    },
    all: () => {
      while (steps.length) attempt(steps.pop()!)
    },
  }
}

/** A folder of our own, gone at the end. */
export const temporaryFolder = (undo: Undo): string => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-bench-'))
  undo.add(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
