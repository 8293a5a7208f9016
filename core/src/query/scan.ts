/** Reads the text of a query piece by piece; what a piece is depends on what the parser expects. */
import { QuerySyntaxError, type Expected } from './syntax-error.ts'

export interface Piece {
  text: string
  from: number
  to: number
}

export interface Scanner {
  readonly at: number
  isEnd(): boolean
  /** Letters and digits from a letter on; undefined where something else stands. */
  word(): Piece | undefined
  /** The next word, if it is one of `words` in any case. */
  keyword(...words: string[]): Piece | undefined
  /** The first of `symbols` that stands here. */
  symbol(...symbols: string[]): Piece | undefined
  /** A text in quotes, or whatever stands until white space, parentheses, comma or quotes. */
  value(): Piece | undefined
  /** Whatever stands here until white space, for an error. */
  rest(): Piece
  back(to: number): void
}

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13)
const isLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122
const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** What ends a value that is not in quotes. */
const ENDS_VALUE = new Set('(),"\'')

export const fail = (
  { text, from, to }: Piece,
  message: string,
  suggestion?: string,
  expected?: Expected,
): never => {
  const error = { message, position: from, length: text === '' ? 0 : to - from }
  throw new QuerySyntaxError(suggestion === undefined ? error : { ...error, suggestion }, expected)
}

export const createScanner = (text: string): Scanner => {
  let at = 0
  const skipSpace = (): void => {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++
  }
  const piece = (from: number, to: number): Piece => {
    at = to
    return { text: text.slice(from, to), from, to }
  }

  const quoted = (quote: string): Piece => {
    const from = at
    let value = ''
    for (let i = at + 1; i < text.length; i++) {
      if (text[i] === quote) return { ...piece(from, i + 1), text: value }
      if (text[i] === '\\' && i + 1 < text.length) i++
      value += text[i]
    }
    return fail(piece(from, text.length), `the text that begins here has no ${quote} at its end`)
  }

  const until = (isPast: (i: number) => boolean): Piece => {
    let end = at
    while (end < text.length && !isPast(end)) end++
    return piece(at, end)
  }

  const scanner: Scanner = {
    get at() {
      return at
    },
    isEnd() {
      skipSpace()
      return at >= text.length
    },
    word() {
      skipSpace()
      if (!isLetter(text.charCodeAt(at))) return undefined
      return until((i) => !isLetter(text.charCodeAt(i)) && !isDigit(text.charCodeAt(i)))
    },
    keyword(...words) {
      const from = at
      const found = scanner.word()
      if (found && words.includes(found.text.toLowerCase())) return found
      at = from
      return undefined
    },
    symbol(...symbols) {
      skipSpace()
      const found = symbols.find((symbol) => text.startsWith(symbol, at))
      return found === undefined ? undefined : piece(at, at + found.length)
    },
    value() {
      skipSpace()
      const first = text[at]
      if (first === '"' || first === "'") return quoted(first)
      const found = until((i) => isSpace(text.charCodeAt(i)) || ENDS_VALUE.has(text[i]!))
      return found.text === '' ? undefined : found
    },
    rest() {
      skipSpace()
      const from = at
      const found = until((i) => i > from && (isSpace(text.charCodeAt(i)) || text[i] === '('))
      at = from
      return found
    },
    back(to) {
      at = to
    },
  }
  return scanner
}
