/** For tests: what is wrong with an event by the facts of OCSF in export/fixtures/ocsf.json. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'

type Requirements = Record<string, 'required' | 'recommended' | 'optional'>
type Enums = Record<string, Record<string, string>>
interface Shape {
  attributes: Requirements
  at_least_one?: string[]
  enums?: Enums
  types?: Record<string, string>
}
interface EventClass extends Shape {
  caption: string
  category_uid: number
  category_name: string
}
interface Facts {
  version: string
  base_event: Requirements
  profiles: Record<string, Requirements>
  classes: Record<string, EventClass>
  objects: Record<string, Shape>
  types: Record<string, string>
  enums: Enums
  siblings: Record<string, string>
}

const FACTS = JSON.parse(
  readFileSync(join(import.meta.dirname, '../export/fixtures/ocsf.json'), 'utf8'),
) as Facts

type Values = Record<string, unknown>
const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isInteger = (value: unknown): boolean => Number.isSafeInteger(value)
const isText = (value: unknown): boolean => typeof value === 'string'

const MAC = /^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$/
/** 2000 to 2100 in milliseconds: seconds and microseconds are outside. */
const isMoment = (value: unknown): boolean =>
  isInteger(value) && Number(value) > 946_684_800_000 && Number(value) < 4_102_444_800_000

const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  ...{ integer_t: isInteger, long_t: isInteger, timestamp_t: isMoment, string_t: isText },
  ...{ hostname_t: isText, process_name_t: isText, username_t: isText, json_t: () => true },
  boolean_t: (value) => typeof value === 'boolean',
  ip_t: (value) => isIP(String(value)) !== 0,
  mac_t: (value) => MAC.test(String(value)),
  port_t: (value) => isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535,
  object: isObject,
}

/** Numbers that name something have its caption beside them; `Other` has a word of the source's own. */
const enumProblems = (values: Values, name: string, enums: Enums): string[] => {
  const known = enums[name] ?? FACTS.enums[name]
  if (!known) return []
  const caption = known[String(values[name])]
  if (caption === undefined) return [`${name} is ${String(values[name])}`]
  const sibling = values[FACTS.siblings[name] ?? '']
  if (sibling === undefined || values[name] === 99 || sibling === caption) return []
  return [`${String(values[name])} of ${name} is ${caption}, not ${JSON.stringify(sibling)}`]
}

const typeProblems = (value: unknown, type: string): string[] => {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value) || value.length === 0) return ['is no list with something in it']
    return value.flatMap((one) => typeProblems(one, type.slice(0, -2)))
  }
  const test = SCALARS[type]
  if (test) return test(value) ? [] : [`is no ${type}: ${JSON.stringify(value)}`]
  const shape = FACTS.objects[type]
  if (!shape) return [`is of the type ${type}, of which there are no facts`]
  return isObject(value) ? shapeProblems(value, shape) : [`is no ${type}`]
}

const shapeProblems = (values: Values, shape: Shape): string[] => {
  const { attributes, at_least_one: some, enums = {}, types = {} } = shape
  const missing = Object.entries(attributes).flatMap(([name, of]) =>
    of === 'required' && !(name in values) ? [`${name} is missing`] : [],
  )
  if (some && !some.some((name) => name in values)) missing.push(`none of ${some.join(', ')}`)
  const wrong = Object.entries(values).flatMap(([name, value]) => {
    if (!(name in attributes)) return [`there is no ${name}`]
    const type = types[name] ?? FACTS.types[name]
    if (type === undefined) return [`${name} has no type among the facts`]
    const problems = typeProblems(value, type).map((problem) => `${name} ${problem}`)
    return [...problems, ...enumProblems(values, name, enums)]
  })
  return [...missing, ...wrong]
}

/** Empty: nothing is. */
export const ocsfProblems = (event: object): string[] => {
  const values = event as Values
  const of = FACTS.classes[String(values['class_uid'])]
  if (!of) return [`there is no class ${String(values['class_uid'])}`]
  const metadata = values['metadata'] as { version?: string; profiles?: string[] } | undefined
  const profiles = metadata?.profiles ?? []
  const attributes = Object.assign(
    {},
    ...profiles.map((name) => FACTS.profiles[name] ?? { [`profile ${name}`]: 'required' }),
    FACTS.base_event,
    of.attributes,
  ) as Requirements
  const activity = Number(values['activity_id'])
  const same: [name: string, value: string | number][] = [
    ['category_uid', of.category_uid],
    ['category_name', of.category_name],
    ['class_name', of.caption],
    ['type_uid', Number(values['class_uid']) * 100 + activity],
    ['type_name', `${of.caption}: ${String(values['activity_name'])}`],
  ]
  return [
    ...shapeProblems(values, { ...of, attributes }),
    ...same.flatMap(([name, value]) => (values[name] === value ? [] : [`${name} is not ${value}`])),
    ...(metadata?.version === FACTS.version ? [] : [`the version is not ${FACTS.version}`]),
  ]
}
