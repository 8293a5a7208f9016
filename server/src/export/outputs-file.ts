/** Outputs that a YAML file declares; one that is wrong keeps the server from starting, with its place and what helps. */
import { readDeclaredFile } from '../declared/declared-file.ts'
import { fileError, OutputProblem, planOf } from './output-spec.ts'
import type { OutputPlan, OutputSpec } from './output-spec.ts'

/** As it is written and as it is meant. */
export interface DeclaredOutput {
  spec: OutputSpec
  plan: OutputPlan
}

const MOST_OUTPUTS = 32

const read = (value: unknown, place: string): DeclaredOutput => {
  try {
    return { plan: planOf(value), spec: value as OutputSpec }
  } catch (error) {
    if (!(error instanceof OutputProblem)) throw error
    throw fileError(`${place}: ${error.place}`, error.message, error.remedy)
  }
}

/** Two outputs that would write over each other. */
const isSamePlace = (a: OutputPlan, b: OutputPlan): boolean =>
  a.sink === b.sink && a.sink.kind === 'file' && a.target === b.target

/** Throws `export.file`. An empty path: there are none. */
export const readOutputsFile = async (path: string): Promise<DeclaredOutput[]> => {
  if (path === '') return []
  const { entries, problems } = await readDeclaredFile(path, 'outputs')
  if (problems[0] !== undefined)
    throw fileError(path, problems.join('; '), 'Write `outputs:` with a list below')
  const outputs = entries.map(({ value, place }) => read(value, place))
  for (const [i, { plan }] of outputs.entries()) {
    const place = entries[i]?.place ?? path
    const before = outputs.slice(0, i)
    if (before.some((other) => other.plan.name === plan.name))
      throw fileError(place, `${plan.name} is there twice`, 'Give each its own name')
    if (before.some((other) => isSamePlace(other.plan, plan)))
      throw fileError(place, `${plan.target} is written twice`, 'Give each its own file')
  }
  if (outputs.length > MOST_OUTPUTS)
    throw fileError(path, `there are more than ${MOST_OUTPUTS} outputs`, 'Put some together')
  return outputs
}
