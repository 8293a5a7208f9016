/** What could stand at a place of a query: fields, operators, values. */
import { expectedAfter } from './parse.ts'
import { quoteValue, whyNotOperator } from './parse-value.ts'
import { QUERY_LIMITS, type Completion, type Completions } from './query.ts'
import type { QueryField, QueryFields } from './query-field.ts'
import type { Expected } from './syntax-error.ts'
import { isNumberType, NUMBER_KINDS, TIME_KIND } from './value.ts'

const MOST = 50

const OPERATORS: Readonly<Record<string, string>> = {
  '=': 'is; of a text, * is any text',
  '!=': 'is not',
  in: 'is one of (…, …), or lies in a prefix',
  '~': 'holds the text; of flags: has all of them',
  '>': 'is more than',
  '>=': 'is at least',
  '<': 'is less than',
  '<=': 'is at most',
  'not in': 'is none of (…, …)',
  '!~': 'does not hold the text',
}

const option = (kind: Completion['kind'], text: string, detail = ''): Completion => ({
  text,
  kind,
  detail,
})

/** Those of both sides first: they are what is asked for most. */
const fieldOptions = ({ list }: QueryFields): Completion[] => [
  ...[...list]
    .toSorted((a, b) => Number(b.of.length > 1) - Number(a.of.length > 1))
    .map(({ name, description }) => option('field', name, description)),
  option('keyword', 'not', 'what follows must not hold'),
]

const operatorOptions = (field: QueryField): Completion[] =>
  Object.entries(OPERATORS)
    .filter(([operator]) => {
      const plain = operator.replace(/^(!|not )/, '')
      return plain === 'in' || whyNotOperator(field, plain) === undefined
    })
    .map(([operator, detail]) => option('operator', operator, detail))

/** Values that there are just now; of the field's text. */
export type KnownValues = (field: QueryField) => readonly string[]

const valueTexts = (field: QueryField, known: KnownValues): readonly string[] => {
  const { type, values, stretches } = field
  if (values) return values.filter((value) => /^[a-z]/i.test(value))
  if (stretches) return Object.keys(stretches)
  if (isNumberType(type)) return NUMBER_KINDS[type].examples
  if (type === 'time') return TIME_KIND.examples
  return known(field)
}

const optionsFor = (
  expected: Expected,
  fields: QueryFields,
  known: KnownValues,
): readonly Completion[] => {
  if (expected.is === 'field') return fieldOptions(fields)
  if (expected.is === 'operator') return operatorOptions(expected.field)
  if (expected.is === 'value')
    return valueTexts(expected.field, known).map((text) => option('value', quoteValue(text)))
  if (expected.is === 'list-end')
    return [option('keyword', ',', 'another value'), option('keyword', ')', 'end of the list')]
  return [
    option('keyword', 'and', 'both must hold'),
    option('keyword', 'or', 'one is enough'),
    ...(expected.isOpen ? [option('keyword', ')', 'end of the parenthesis')] : []),
  ]
}

/** White space, and what ends a word or an operator. */
const BETWEEN = new Set(' \t\n\r\v\f(),=<>~!"\'')

/** Where the word begins that ends at `cursor`; a quote that is still open begins one. */
const wordStart = (text: string, cursor: number): number => {
  let open = -1
  let start = 0
  for (let at = 0; at < cursor; at++) {
    const sign = text[at]!
    if (open >= 0) {
      if (sign === '\\') at++
      else if (sign === text[open]) [open, start] = [-1, at + 1]
    } else if (sign === '"' || sign === "'") open = start = at
    else if (BETWEEN.has(sign)) start = at + 1
  }
  return start
}

const wordEnd = (text: string, cursor: number): number => {
  let end = cursor
  while (end < text.length && !BETWEEN.has(text[end]!)) end++
  return end
}

/** What begins with the word, then what holds it. */
const fitting = (options: readonly Completion[], word: string): Completion[] => {
  const wanted = word.replace(/^["']/, '').toLowerCase()
  const at = ({ text }: Completion) => text.toLowerCase().replace(/^"/, '').indexOf(wanted)
  const begins = options.filter((one) => at(one) === 0)
  return [...begins, ...options.filter((one) => at(one) > 0)].slice(0, MOST)
}

/** The completions at `cursor`; none where something before it is wrong. */
export const completionsBy = (
  text: string,
  cursor: number,
  fields: QueryFields,
  known: KnownValues = () => [],
): Completions => {
  const at = Math.max(0, Math.min(cursor, text.length, QUERY_LIMITS.length))
  const [from, to] = [wordStart(text, at), wordEnd(text, at)]
  const expected = expectedAfter(text.slice(0, from), fields)
  const options = expected ? optionsFor(expected, fields, known) : []
  return { from, to, options: fitting(options, text.slice(from, at)) }
}
