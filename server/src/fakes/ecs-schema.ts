/** For tests: what is wrong with an event by the facts of the Elastic Common Schema in export/fixtures/ecs.json. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'

interface Facts {
  version: string
  fields: Record<string, string>
  allowed: Record<string, string[]>
  expectedTypes: Record<string, string[]>
}

const FACTS = JSON.parse(
  readFileSync(join(import.meta.dirname, '../export/fixtures/ecs.json'), 'utf8'),
) as Facts
/** Ours, as ECS lets everybody have a field set of their own name. */
const OWN = 'netscope'
/** `ignore_above` of all keywords. */
const LONGEST = 1024
const MAC = /^[A-F0-9]{2}(-[A-F0-9]{2}){5,}$/
const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/
/** Each event that is told has them. */
const ALWAYS = [
  '@timestamp',
  'ecs.version',
  'event.kind',
  'event.category',
  'event.type',
  'event.id',
]

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const TESTS: Readonly<Record<string, (value: unknown) => boolean>> = {
  keyword: (value) => isText(value) && value.length <= LONGEST,
  ...{ match_only_text: isText, wildcard: isText },
  date: (value) => isText(value) && DATE.test(value),
  ip: (value) => isIP(String(value)) !== 0,
  long: Number.isSafeInteger,
  float: Number.isFinite,
}

const leavesOf = (value: object, prefix = ''): [path: string, value: unknown][] =>
  Object.entries(value).flatMap(([name, inside]: [string, unknown]) => {
    const path = `${prefix}${name}`
    if (path === OWN) return []
    const isObject = typeof inside === 'object' && inside !== null && !Array.isArray(inside)
    return isObject ? leavesOf(inside, `${path}.`) : [[path, inside]]
  })

const valueProblems = (path: string, value: unknown, type: string): string[] => {
  if (!TESTS[type]?.(value)) return [`${path} is no ${type}: ${JSON.stringify(value)}`]
  const allowed = FACTS.allowed[path]
  if (allowed && !allowed.includes(String(value))) return [`${path} is ${String(value)}`]
  return path.endsWith('.mac') && !MAC.test(String(value)) ? [`${path} is no MAC of ECS`] : []
}

const fieldProblems = ([path, value]: [string, unknown]): string[] => {
  const type = FACTS.fields[path]
  if (type === undefined) return [`there is no ${path}`]
  if (type.endsWith('[]') !== Array.isArray(value)) return [`${path} is no ${type}`]
  const values = Array.isArray(value) ? value : [value]
  if (values.length === 0) return [`${path} is empty`]
  return values.flatMap((one) => valueProblems(path, one, type.replace('[]', '')))
}

/** Empty: nothing is. */
export const ecsProblems = (event: object): string[] => {
  const leaves = leavesOf(event)
  const fields = new Map(leaves)
  const types = (fields.get('event.type') ?? []) as string[]
  const categories = (fields.get('event.category') ?? []) as string[]
  const expected = categories.flatMap((category) => FACTS.expectedTypes[category] ?? [])
  return [
    ...ALWAYS.filter((path) => !fields.has(path)).map((path) => `${path} is missing`),
    ...(fields.get('ecs.version') === FACTS.version ? [] : [`ecs.version is not ${FACTS.version}`]),
    ...leaves.flatMap(fieldProblems),
    ...types
      .filter((type) => !expected.includes(type))
      .map((type) => `event.type ${type} is of none of ${categories.join(', ')}`),
  ]
}
