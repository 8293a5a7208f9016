/** Text from the network on a terminal: it must neither steer the terminal nor shift a column. */

/** Control and format characters (escape sequences, right-to-left overrides), separators, halves of pairs. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu

const escape = (text: string): string =>
  Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16).padStart(4, '0'))
    .map((hex) => `\\u${hex}`)
    .join('')

/** `text` with everything that a terminal would obey or hide written as \u001b. */
export const printable = (text: string): string => text.replace(UNSAFE, escape)

/** One line of JSON in which no string can steer a terminal; it reads back as `value`. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replace(UNSAFE, escape)

/** Code points that take two columns: East Asian wide and full-width (UAX 11), emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u
const COMBINING = /^\p{M}$/u
const ASCII = /^[\x20-\x7e]*$/

const widthOf = (character: string): number =>
  COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1

/** Columns that `text` (printable, without colours) takes on a terminal. */
export const displayWidth = (text: string): number => {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const character of text) width += widthOf(character)
  return width
}

/** The start of `text` in at most `width` columns, `…` in place of what is cut. */
export const clip = (text: string, width: number): string => {
  if (displayWidth(text) <= width) return text
  let [kept, used] = ['', 0]
  for (const character of text) {
    const wide = widthOf(character)
    if (used + wide > width - 1) break
    kept += character
    used += wide
  }
  return width > 0 ? `${kept}…` : ''
}
