/** Policies that a YAML file declares; one that is wrong keeps the server from starting, with its place and what helps. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { readDeclaredFile } from '../declared/declared-file.ts'
import { Compile } from 'typebox/schema'
import { inWords } from '../declared/pattern-words.ts'
import type { Policy } from './policy.ts'
import { PolicyProblem, policyOf, policySpec } from './policy-spec.ts'
import type { PolicySpec } from './policy-spec.ts'

const spec = Compile(policySpec)

const wrong = (place: string, reason: string, remedy: string) =>
  new NetscopeError('policy.file', { place, reason, remedy })

const check = (value: unknown, place: string): PolicySpec => {
  if (spec.Check(value)) return value
  const [, errors] = spec.Errors(value)
  const [error] = errors
  const at = error?.instancePath.slice(1).replaceAll('/', '.') || 'the entry'
  const remedy = 'docs/reference/response.md shows how policies are written'
  throw wrong(`${place}: ${at}`, (error && inWords(error)) ?? 'it has another form', remedy)
}

const read = (value: unknown, place: string): Policy => {
  try {
    return policyOf(check(value, place))
  } catch (error) {
    if (error instanceof PolicyProblem)
      throw wrong(`${place}: ${error.place}`, error.message, error.remedy)
    throw error
  }
}

/** Throws `policy.file`. An empty path: none are declared. */
export const readPolicyFile = async (path: string): Promise<Policy[]> => {
  if (path === '') return []
  const { entries, problems } = await readDeclaredFile(path, 'policies')
  if (problems[0] !== undefined)
    throw wrong(path, problems.join('; '), 'Write `policies:` with a list below')
  const policies = entries.map(({ value, place }) => read(value, place))
  for (const [i, { name }] of policies.entries())
    if (policies.findIndex((other) => other.name === name) < i)
      throw wrong(entries[i]?.place ?? path, `${name} is there twice`, 'Give each its own name')
  return policies
}
