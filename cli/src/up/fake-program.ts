/** Small programs for the tests of the supervisor, and a place where they write what happens to them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Program, Timing } from './program.ts'

/** Short times, so that tests are quick. */
export const FAST: Timing = {
  firstPauseMs: 20,
  longestPauseMs: 100,
  healthyMs: 60_000,
  graceMs: 300,
}

export interface Diary {
  folder: string
  /** Words written so far by all programs. */
  words(): string[]
  /** Waits until `word` stands there `times` times. */
  saw(word: string, times?: number): Promise<void>
  remove(): void
}

export const openDiary = (): Diary => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-up-'))
  const words = (): string[] => {
    try {
      return readFileSync(join(folder, 'diary'), 'utf8').split('\n').filter(Boolean)
    } catch {
      return []
    }
  }
  const saw = async (word: string, times = 1): Promise<void> => {
    for (let tries = 0; words().filter((found) => found === word).length < times; tries++) {
      if (tries > 1500) throw new Error(`never saw ${times} × ${word}, only: ${words().join(' ')}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return { folder, words, saw, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** A shell script as a program; `write WORD` adds to the diary. */
export const shellProgram = (name: string, script: string, { folder }: Diary): Program => ({
  name,
  command: ['sh', '-c', `write() { echo "$1" >>diary; }\n${script}`],
  env: process.env,
  cwd: folder,
  umask: 0o022,
})

/** Lives until SIGTERM and writes `NAME-started` and `NAME-stopped`. */
export const patientScript = (name: string): string => `
trap 'write ${name}-stopped; exit 0' TERM
write ${name}-started
while :; do sleep 0.05; done`
