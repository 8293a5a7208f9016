/** The schema of what an agent has found out about its machine. */
import { DIAGNOSIS_AREAS, PROGRAM_HOOKS } from '@netscope/core/diagnosis.ts'
import { Type } from 'typebox'
import { count, id, list, name, sentence } from './json-values.ts'

const check = Type.Object({
  id: name,
  area: Type.Enum([...DIAGNOSIS_AREAS]),
  name,
  state: Type.Enum(['works', 'limited', 'missing', 'unknown']),
  detail: sentence,
  remedy: Type.Optional(sentence),
})

const hookProgram = Type.Object({
  interface: name,
  hook: Type.Enum([...PROGRAM_HOOKS]),
  position: id,
  name,
  id,
  owner: Type.Optional(name),
  runsBefore: Type.Boolean(),
  hides: Type.Optional(sentence),
})

const cgroupProgram = Type.Object({
  hook: name,
  position: id,
  name,
  id,
  owner: Type.Optional(name),
  exclusive: Type.Boolean(),
})

/** What `Diagnosis` of core/src/diagnosis.ts must look like. */
export const diagnosisSchema = Type.Object({
  timeMs: count,
  kernel: name,
  architecture: name,
  user: Type.Object({ uid: id, capabilities: list(name) }),
  checks: list(check),
  programs: list(hookProgram),
  cgroupPrograms: list(cgroupProgram),
  durationMs: count,
})
