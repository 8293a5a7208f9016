/** Patterns with `*` for any text, in time that grows with the text alone. */

/**
 * Whether `text` is the parts with anything between them. Each part is looked for after the one before, never again
 * before it: there is nothing to go back to. What is not known ('') is like '' alone.
 */
export const matchesParts = (text: string, parts: readonly string[]): boolean => {
  const first = parts[0] ?? ''
  if (parts.length === 1 || text === '') return text === first && parts.length === 1
  const last = parts.at(-1) ?? ''
  const end = text.length - last.length
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (let i = 1; i < parts.length - 1; i++) {
    const part = parts[i] ?? ''
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
