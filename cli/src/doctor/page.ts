/** What text is written on: so wide, with colours or without. */

export interface Page {
  /** Columns. */
  width: number
  /** `code`: of SGR (ECMA-48). */
  colour(text: string, code: number): string
  bold(text: string): string
}

const NARROWEST = 30
const WITHOUT_TERMINAL = 100
const BOLD = 1

/** Colours only on a terminal, and not with NO_COLOR (no-color.org). */
export const createPage = (
  output: { isTTY?: boolean; columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): Page => {
  const isColoured = output.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  const colour = (text: string, code: number) =>
    isColoured ? `\u001B[${code}m${text}\u001B[0m` : text
  return {
    width: Math.max(NARROWEST, (output.isTTY && output.columns) || WITHOUT_TERMINAL),
    colour,
    bold: (text) => colour(text, BOLD),
  }
}

// eslint-disable-next-line no-control-regex
const CODES = /\u001B\[\d+m/g
const lengthOf = (text: string) => text.replaceAll(CODES, '').length

/** Breaks `text` at blanks; `indent` stands before the first line, `hanging` before the others. */
export const wrap = (
  text: string,
  indent: string,
  { width }: Pick<Page, 'width'>,
  hanging = indent,
): string[] => {
  const lines: string[] = []
  let line = ''
  let length = 0
  for (const word of text.split(' ')) {
    const before = lines.length === 0 ? indent : hanging
    if (length > 0 && before.length + length + 1 + lengthOf(word) > width) {
      lines.push(before + line)
      line = word
      length = lengthOf(word)
    } else {
      line = length > 0 ? `${line} ${word}` : word
      length += (length > 0 ? 1 : 0) + lengthOf(word)
    }
  }
  return [...lines, (lines.length === 0 ? indent : hanging) + line]
}
