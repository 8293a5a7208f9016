/** Text that others chose (command names, arguments, paths), made harmless for terminals, logs and tables. */

/** Control characters (C0, DEL, C1), line separators, and marks that reverse the reading direction. */
const HARMFUL = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** At most `limit` characters, `…` as the last one where it was cut; harmful ones are `?`. */
export const printable = (text: string, limit: number): string => {
  const cut = text.length > limit ? `${text.slice(0, limit - 1)}…` : text
  return cut.replace(HARMFUL, '?').toWellFormed()
}
