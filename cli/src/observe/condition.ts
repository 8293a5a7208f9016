/** One condition on a field of a flow: FIELD=VALUE, also != > >= < <= and ~ (holds the text, any case). */
import { suggest } from '@netscope/core/config/suggest.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { addressTest } from './address-test.ts'
import { fieldOf, type Field, type FlowRow } from './field.ts'
import { knownValue, knownValues } from './known-values.ts'
import { NUMBER_KINDS, type NumberType } from './value.ts'

export type FlowTest = (flow: FlowRow) => boolean

type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~'

export interface Condition {
  field: string
  operator: Operator
  /** As the flow writes it: protocol and verdict in their own case. */
  value: string
  test: FlowTest
}

type ValueTest = (value: string | number) => boolean

const wrong = (filter: string, reason: string): NetscopeError =>
  new NetscopeError('filter.invalid', { filter, reason })

/** Inequality is the opposite of equality, so that "neither side" is what != means of either side. */
const testOf = ({ values }: Field, operator: Operator, holds: ValueTest): FlowTest =>
  operator === '!=' ? (flow) => !values(flow).some(holds) : (flow) => values(flow).some(holds)

const compare = (operator: Operator, wanted: number): ValueTest => {
  if (operator === '>') return (value) => Number(value) > wanted
  if (operator === '>=') return (value) => Number(value) >= wanted
  if (operator === '<') return (value) => Number(value) < wanted
  if (operator === '<=') return (value) => Number(value) <= wanted
  return (value) => Number(value) === wanted
}

const isNumber = (type: Field['type']): type is NumberType => type in NUMBER_KINDS

const numberTest = (
  { name, type }: Field & { type: NumberType },
  operator: Operator,
  text: string,
  filter: string,
  nowMs: number,
): ValueTest => {
  const { allowed, parse } = NUMBER_KINDS[type]
  const wanted = parse(text, nowMs)
  if (wanted === undefined)
    throw wrong(filter, `${name} needs ${allowed}, not ${JSON.stringify(text)}`)
  if (operator === '~') {
    if (type !== 'flags') throw wrong(filter, `~ looks into texts, and ${name} is a number`)
    return (value) => (Number(value) & wanted) === wanted
  }
  const holds = compare(operator, wanted)
  return type === 'time' ? (value) => holds(Date.parse(String(value))) : holds
}

const contains = (text: string): ValueTest => {
  const lower = text.toLowerCase()
  return (value) => String(value).toLowerCase().includes(lower)
}

const addressValueTest = (text: string, filter: string): ValueTest => {
  try {
    const inside = addressTest(parsePrefix(text))
    return (value) => inside(String(value))
  } catch (error) {
    throw wrong(filter, error instanceof Error ? error.message.replace(/\.$/, '') : String(error))
  }
}

const checkKnown = ({ name }: Field, text: string, filter: string): string => {
  const known = knownValues(name)
  if (known === undefined) return text
  const value = knownValue(name, text)
  if (value !== undefined) return value
  const meant = suggest(text, known)
  const hint = meant ? `; did you mean ${meant}?` : ''
  const all = known.filter((one) => one !== '').join(', ')
  throw wrong(filter, `${name} is never ${JSON.stringify(text)}, but one of ${all}${hint}`)
}

/** The condition `name operator text`; `filter` is what was typed, for the error. */
const conditionOf = (
  name: string,
  operator: Operator,
  text: string,
  filter: string,
  nowMs: number,
): Condition => {
  const field = fieldOf(name, filter)
  const { type } = field
  const made = (value: string, holds: ValueTest): Condition => ({
    field: field.name,
    operator,
    value,
    test: testOf(field, operator, holds),
  })
  if (isNumber(type)) {
    return made(text, numberTest({ ...field, type }, operator, text, filter, nowMs))
  }
  if (operator === '~') return made(text, contains(text))
  if (operator !== '=' && operator !== '!=')
    throw wrong(filter, `${operator} compares numbers, and ${field.name} is a text`)
  if (type === 'address') return made(text, addressValueTest(text, filter))
  const value = checkKnown(field, text, filter)
  return made(value, (one) => one === value)
}

const FORM = /^\s*([a-z]\w*)\s*(!=|>=|<=|=|>|<|~)\s*(.*?)\s*$/is

/** The condition that `filter` says; throws `filter.invalid` with what is wrong. */
export const parseCondition = (filter: string, nowMs: number): Condition => {
  const [, name = '', operator, text = ''] = FORM.exec(filter) ?? []
  if (operator === undefined)
    throw wrong(filter, 'a filter is written FIELD=VALUE, or with != > >= < <= ~')
  return conditionOf(name, operator as Operator, text, filter, nowMs)
}

/** The condition of a short option, such as `--port 443`. */
export const equals = (name: string, text: string, option: string, nowMs: number): Condition =>
  conditionOf(name, '=', text, `${option} ${text}`, nowMs)
