/** What a value says about a field of its type; what it can't be is said with what it could. */
import { suggest } from '../config/suggest.ts'
import { decodePrefix, encodePrefix, type Prefix } from '../prefix.ts'
import { protocolName, protocolNumber } from '../protocol.ts'
import { PREFIX_BYTES } from '../slot.ts'
import { foldCase } from './fold-case.ts'
import { QUERY_LIMITS, type Comparison, type QueryTime, type ValueTest } from './query.ts'
import type { QueryField } from './query-field.ts'
import { fail, type Piece } from './scan.ts'
import { isNumberType, NUMBER_KINDS, TIME_KIND, type NumberType } from './value.ts'

/** As a value stands in a query: in quotes where it must. */
export const quoteValue = (text: string): string =>
  /^[\w.:/+*-]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`

const needs = ({ name }: QueryField, allowed: string, piece: Piece): never =>
  fail(piece, `${name} needs ${allowed}, not ${JSON.stringify(piece.text)}`)

const numberOf = (field: QueryField, type: NumberType, piece: Piece): number => {
  const { allowed, parse } = NUMBER_KINDS[type]
  const names = Object.keys(field.stretches ?? {})
  const orNames = names.length > 0 ? `, or ${names.join(', ')}` : ''
  return parse(piece.text) ?? needs(field, `${allowed}${orNames}`, piece)
}

const stretchOf = ({ stretches = {} }: QueryField, { text }: Piece) => {
  const name = text.toLowerCase()
  return Object.hasOwn(stretches, name) ? stretches[name] : undefined
}

/** Each of its numbers. */
const numbersOf = (field: QueryField, type: NumberType, piece: Piece): number[] => {
  const stretch = stretchOf(field, piece)
  if (!stretch) return [numberOf(field, type, piece)]
  return Array.from({ length: stretch[1] - stretch[0] + 1 }, (_, i) => stretch[0] + i)
}

/** More than a stretch is what is beyond its last number, less than it what is below its first. */
const numberTest = (
  field: QueryField,
  type: NumberType,
  operator: Comparison,
  piece: Piece,
): ValueTest => {
  const stretch = stretchOf(field, piece)
  if (!stretch) return { kind: 'number', operator, value: numberOf(field, type, piece) }
  if (operator === '=') return { kind: 'numbers', values: numbersOf(field, type, piece) }
  const isLast = operator === '>' || operator === '<='
  return { kind: 'number', operator, value: stretch[isLast ? 1 : 0] }
}

const timeOf = (field: QueryField, piece: Piece): QueryTime =>
  TIME_KIND.parse(piece.text) ?? needs(field, TIME_KIND.allowed, piece)

const prefixOf = ({ name }: QueryField, piece: Piece): Prefix => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  const reason = encodePrefix(piece.text, bytes, 0)
  if (reason === undefined) return decodePrefix(bytes)
  return fail(piece, `${name} needs an address or prefix such as 10.0.0.0/8: ${reason}`)
}

/** Names of protocols may be numbers; other known texts are found in any case. */
const knownText = (values: readonly string[], text: string): string | undefined => {
  if (values.includes(protocolName(255))) {
    const number = protocolNumber(text)
    return number === undefined ? undefined : protocolName(number)
  }
  return values.find((value) => value.toLowerCase() === text.toLowerCase())
}

const textOf = ({ name, values }: QueryField, piece: Piece): string => {
  if (!values) return piece.text
  const known = knownText(values, piece.text)
  if (known !== undefined) return known
  const named = values.filter((value) => /^[a-z]/i.test(value))
  const meant = suggest(piece.text, named)
  const message = `${name} is never ${JSON.stringify(piece.text)}, but one of ${named.join(', ')}`
  return fail(piece, message, meant)
}

/** `isPart`: anything may stand around it. */
const partsOf = (piece: Piece, isPart: boolean): readonly string[] => {
  const wildcards = piece.text.match(/\*+/g)?.length ?? 0
  if (wildcards > QUERY_LIMITS.wildcards)
    return fail(piece, `a text has at most ${QUERY_LIMITS.wildcards} *`)
  const text = isPart ? `*${piece.text}*` : piece.text
  return foldCase(text).split(/\*+/)
}

/** Why `operator` says nothing about the field; undefined where it does. */
export const whyNotOperator = (
  { name, type }: QueryField,
  operator: string,
): { message: string; suggestion: string } | undefined => {
  const isAddress = type === 'address'
  if (operator === '~') {
    if (isAddress)
      return { message: `${name} takes addresses and prefixes, not parts`, suggestion: 'in' }
    if (type === 'text' || type === 'id' || type === 'flags') return undefined
    return { message: `~ looks into texts, and ${name} is a ${type}`, suggestion: '=' }
  }
  if (operator === '=' || (!isAddress && type !== 'text' && type !== 'id')) return undefined
  const what = isAddress ? 'an address' : 'a text'
  return { message: `${operator} compares numbers, and ${name} is ${what}`, suggestion: '=' }
}

/** `field operator piece`; the operator is one that the field takes. */
export const valueTest = (
  field: QueryField,
  operator: Comparison | '~',
  piece: Piece,
): ValueTest => {
  const { type } = field
  if (operator === '~')
    return type === 'flags'
      ? { kind: 'bits', bits: numberOf(field, type, piece) }
      : { kind: 'patterns', patterns: [partsOf(piece, true)] }
  if (isNumberType(type)) return numberTest(field, type, operator, piece)
  if (type === 'time') return { kind: 'time', operator, time: timeOf(field, piece) }
  return listTest(field, [piece])
}

/** `field in (pieces)`. */
export const listTest = (field: QueryField, pieces: readonly Piece[]): ValueTest => {
  const { type } = field
  if (isNumberType(type))
    return { kind: 'numbers', values: pieces.flatMap((piece) => numbersOf(field, type, piece)) }
  if (type === 'time') return { kind: 'times', times: pieces.map((piece) => timeOf(field, piece)) }
  if (type === 'address')
    return { kind: 'prefixes', prefixes: pieces.map((piece) => prefixOf(field, piece)) }
  if (type === 'text' && !field.values)
    return { kind: 'patterns', patterns: pieces.map((piece) => partsOf(piece, false)) }
  return { kind: 'texts', texts: pieces.map((piece) => textOf(field, piece)) }
}
