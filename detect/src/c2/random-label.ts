/** Whether a label was made by chance rather than by people. */

const LEAST_CHARS = 7
const [VOWELS, CONSONANTS, DIGITS] = [/[aeiouy]/g, /[bcdfghjklmnpqrstvwxz]{5,}/, /[a-z]\d+[a-z]/]
/** English has 0.38; of random letters 0.23 are vowels. */
const LEAST_VOWELS = 0.25

export const looksRandom = (label: string): boolean => {
  if (label.length < LEAST_CHARS || label.startsWith('xn--')) return false
  const letters = label.replace(/[^a-z]/g, '')
  const vowels = (letters.match(VOWELS) ?? []).length
  return (
    CONSONANTS.test(label) ||
    DIGITS.test(label) ||
    letters.length === 0 ||
    vowels / letters.length < LEAST_VOWELS
  )
}
