/** What every probe gets and gives. */
import type { DiagnosisArea, DiagnosisCheck } from '@netscope/core/diagnosis.ts'
import type { Outcome, Standing } from './outcome.ts'
import type { System } from './system.ts'

export interface ProbeContext {
  system: System
  standing: Standing
}

/** Never rejects; changes nothing that outlives it. */
export type Probe = (context: ProbeContext) => Promise<DiagnosisCheck[]>

/** `tier-a.sock-ops` from the area and `sock_ops`. */
const idOf = (area: DiagnosisArea, name: string): string =>
  `${area}.${name}`.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-')

export const toCheck = (area: DiagnosisArea, name: string, outcome: Outcome): DiagnosisCheck => ({
  id: idOf(area, name),
  area,
  name,
  ...outcome,
})

/** Lets what else waits for the event loop have its turn. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The text of a file without white space at its ends; empty where it can't be read. */
export const readWord = (system: System, path: string): string => {
  const found = system.read(path)
  return 'text' in found ? found.text.trim() : ''
}
