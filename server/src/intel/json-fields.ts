/** Reads fields of JSON that anybody may have written: what is missing or of another type is empty. */

export type JsonObject = Readonly<Record<string, unknown>>

const MAX_TEXT = 300
const MAX_ITEMS = 50

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** undefined: it is no JSON object. */
export const parseObject = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

export const objectAt = (of: JsonObject, name: string): JsonObject => {
  const value = of[name]
  return isObject(value) ? value : {}
}

/** One line without control characters, shortened. */
export const plainText = (text: string): string =>
  text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, MAX_TEXT)
    .toWellFormed()

export const textAt = (of: JsonObject, name: string): string => {
  const value = of[name]
  if (typeof value === 'string') return plainText(value)
  return typeof value === 'number' ? String(value) : ''
}

/** undefined: there is none. */
export const numberAt = (of: JsonObject, name: string): number | undefined => {
  const value = of[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export const itemsAt = (of: JsonObject, name: string): readonly unknown[] => {
  const value = of[name]
  return Array.isArray(value) ? (value as unknown[]) : []
}

export const textsAt = (of: JsonObject, name: string): string[] =>
  itemsAt(of, name)
    .slice(0, MAX_ITEMS)
    .filter((item) => typeof item === 'string' || typeof item === 'number')
    .map((item) => plainText(String(item)))

/** Milliseconds since 1970 of ISO 8601 (a time without a zone is UTC) or of seconds since 1970; 0: none. */
export const timeAt = (of: JsonObject, name: string): number => {
  const value = of[name]
  if (typeof value === 'number') return Number.isFinite(value) && value > 0 ? value * 1000 : 0
  if (typeof value !== 'string') return 0
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/i.test(value)
  const ms = Date.parse(hasZone || !value.includes('T') ? value : `${value}Z`)
  return Number.isNaN(ms) || ms < 0 ? 0 : ms
}
