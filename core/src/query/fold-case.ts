/** Lower case of ASCII letters alone: the same in every engine and in every version of Unicode. */

export const UPPER_CASE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

export const foldCase = (text: string): string =>
  text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
