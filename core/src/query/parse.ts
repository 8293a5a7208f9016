/** Reads a query by the fields that there are: `a or b`, `a and b`, `not a`, parentheses, and tests of one field. */
import { suggest } from '../config/suggest.ts'
import { listTest, valueTest, whyNotOperator } from './parse-value.ts'
import {
  QUERY_LIMITS,
  type Comparison,
  type QueryNode,
  type QueryResult,
  type ValueTest,
} from './query.ts'
import type { QueryField, QueryFields } from './query-field.ts'
import { createScanner, fail, type Piece, type Scanner } from './scan.ts'
import { QuerySyntaxError, type Expected } from './syntax-error.ts'
import { isNumberType, NUMBER_KINDS } from './value.ts'

const KEYWORDS = ['and', 'or', 'not', 'in']
const OPERATORS = ['!=', '!~', '>=', '<=', '==', '=', '>', '<', '~']
/** How other languages write it. */
const FOREIGN: Readonly<Record<string, string>> = {
  '&&': 'and',
  '&': 'and',
  '||': 'or',
  '|': 'or',
  '!': 'not',
  is: '=',
  eq: '=',
  ':': '=',
  contains: '~',
  like: '~',
  matches: '~',
  '=~': '~',
  '<>': '!=',
}

const foreign = (text: string): string | undefined =>
  Object.hasOwn(FOREIGN, text.toLowerCase()) ? FOREIGN[text.toLowerCase()] : undefined

interface Reading {
  scan: Scanner
  fields: QueryFields
  /** Values so far. */
  values: number
}

/** Where the text ends or something else stands than `message` says. */
const missing = ({ scan }: Reading, message: string, expected: Expected, meant?: string): never => {
  if (!scan.isEnd()) return fail(scan.rest(), message, meant)
  const end = { text: '', from: scan.at, to: scan.at }
  return fail(end, message, undefined, expected)
}

const readField = (reading: Reading): { piece: Piece; field: QueryField } => {
  const { scan, fields } = reading
  const piece =
    scan.word() ??
    missing(reading, 'a field is expected here', { is: 'field' }, foreign(scan.rest().text))
  const field = fields.find(piece.text)
  if (field) return { piece, field }
  if (KEYWORDS.includes(piece.text.toLowerCase()))
    return fail(piece, `a field is expected here, not ${piece.text}`)
  const message = `there is no field ${JSON.stringify(piece.text)}`
  return fail(piece, message, fields.suggest(piece.text))
}

/** One value; a number and its unit may stand apart: `1 MB`. */
const readValue = (reading: Reading, field: QueryField, operator: string): Piece => {
  const { scan } = reading
  const piece =
    scan.value() ??
    missing(reading, `a value of ${field.name} is expected here`, { is: 'value', field, operator })
  if (++reading.values > QUERY_LIMITS.values)
    return fail(piece, `a query has at most ${QUERY_LIMITS.values} values`)
  if (!isNumberType(field.type) || !/^\d[\d.]*$/.test(piece.text)) return piece
  const before = scan.at
  const unit = scan.keyword('and', 'or') ? undefined : scan.value()
  const whole = `${piece.text}${unit?.text ?? ''}`
  if (unit && /^[a-zµ]/i.test(unit.text) && NUMBER_KINDS[field.type].parse(whole) !== undefined)
    return { text: whole, from: piece.from, to: unit.to }
  scan.back(before)
  return piece
}

const readList = (reading: Reading, field: QueryField): ValueTest => {
  const { scan } = reading
  if (!scan.symbol('(')) return listTest(field, [readValue(reading, field, 'in')])
  const pieces = [readValue(reading, field, 'in')]
  while (scan.symbol(',')) pieces.push(readValue(reading, field, 'in'))
  if (!scan.symbol(')')) missing(reading, '"," or ")" is expected here', { is: 'list-end' })
  return listTest(field, pieces)
}

const readOperator = (reading: Reading, field: QueryField): Piece => {
  const { scan } = reading
  const symbol = scan.symbol('<>', ...OPERATORS)
  if (symbol && foreign(symbol.text) === undefined) return symbol
  const negated = scan.keyword('not')
  const word = scan.keyword('in')
  if (word) return negated ? { text: 'not in', from: negated.from, to: word.to } : word
  if (symbol) return fail(symbol, 'this is no operator', foreign(symbol.text))
  const wrong = scan.rest().text
  const message = `an operator is expected after ${field.name}: = != < <= > >= in ~`
  return missing(
    reading,
    message,
    { is: 'operator', field },
    foreign(wrong) ?? suggest(wrong, ['in']),
  )
}

const readTest = (reading: Reading): QueryNode => {
  const { piece, field } = readField(reading)
  const typed = readOperator(reading, field)
  const negated = /^(!|not)/.test(typed.text)
  const operator = typed.text.replace(/^(!|not )/, '').replace('==', '=')
  const why = operator === 'in' ? undefined : whyNotOperator(field, operator)
  if (why)
    fail(typed, why.message, `${negated && why.suggestion === '=' ? '!' : ''}${why.suggestion}`)
  const test =
    operator === 'in'
      ? readList(reading, field)
      : valueTest(field, operator as Comparison | '~', readValue(reading, field, operator))
  const span = { from: piece.from, to: reading.scan.at }
  const node: QueryNode = { is: 'test', field, test, ...span }
  return negated ? { is: 'not', part: node, ...span } : node
}

const deeper = (piece: Piece, depth: number): number =>
  depth < QUERY_LIMITS.depth
    ? depth + 1
    : fail(piece, `at most ${QUERY_LIMITS.depth} parentheses and not inside each other`)

const readOne = (reading: Reading, depth: number): QueryNode => {
  const { scan } = reading
  const not = scan.keyword('not')
  if (not) {
    const part = readOne(reading, deeper(not, depth))
    return { is: 'not', part, from: not.from, to: part.to }
  }
  const open = scan.symbol('(')
  if (!open) return readTest(reading)
  const inner = readEither(reading, deeper(open, depth))
  const close = scan.symbol(')')
  if (close) return { ...inner, from: open.from, to: close.to }
  return missing(
    reading,
    'and, or or ")" is expected here',
    { is: 'connective', isOpen: true },
    connective(reading),
  )
}

/** What joins two tests, where it was left out or written in another way. */
const connective = ({ scan, fields }: Reading): string | undefined => {
  const { text } = scan.rest()
  return foreign(text) ?? (fields.find(text) ? `and ${text}` : suggest(text, ['and', 'or']))
}

const chain =
  (word: 'and' | 'or', readPart: (reading: Reading, depth: number) => QueryNode) =>
  (reading: Reading, depth: number): QueryNode => {
    const first = readPart(reading, depth)
    const parts = [first]
    while (reading.scan.keyword(word)) parts.push(readPart(reading, depth))
    const last = parts.at(-1) ?? first
    return parts.length === 1 ? first : { is: word, parts, from: first.from, to: last.to }
  }

const readBoth = chain('and', readOne)
const readEither: (reading: Reading, depth: number) => QueryNode = chain('or', readBoth)

/** Control characters have no place in names, and NUL ends texts elsewhere. */
const checkText = (text: string): void => {
  const whole = { text, from: 0, to: text.length }
  if (text.length > QUERY_LIMITS.length)
    fail(
      { ...whole, from: QUERY_LIMITS.length },
      `a query has at most ${QUERY_LIMITS.length} characters`,
    )
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code < 32 && (code < 9 || code > 13)) || code === 127)
      fail({ text: text[at]!, from: at, to: at + 1 }, 'control characters are not allowed')
  }
  if (!text.isWellFormed()) fail(whole, 'it holds half of a surrogate pair')
}

const readAll = (text: string, fields: QueryFields): QueryNode => {
  checkText(text)
  const reading = { scan: createScanner(text), fields, values: 0 }
  if (reading.scan.isEnd()) return { is: 'and', parts: [], from: 0, to: text.length }
  const root = readEither(reading, 0)
  if (reading.scan.isEnd()) return root
  const message = 'and, or or the end is expected here'
  return fail(reading.scan.rest(), message, connective(reading))
}

/** The query that `text` says; an empty text asks for everything. */
export const parseBy = (text: string, fields: QueryFields): QueryResult => {
  try {
    return { ok: true, query: { text, root: readAll(text, fields) } }
  } catch (error) {
    if (error instanceof QuerySyntaxError) return { ok: false, error: error.error }
    throw error
  }
}

/** What could stand at the end of `text`; undefined where something before is wrong. */
export const expectedAfter = (text: string, fields: QueryFields): Expected | undefined => {
  try {
    const root = readAll(text, fields)
    const isEmpty = root.is === 'and' && root.parts.length === 0
    return isEmpty ? { is: 'field' } : { is: 'connective', isOpen: false }
  } catch (error) {
    if (error instanceof QuerySyntaxError) return error.expected
    throw error
  }
}
