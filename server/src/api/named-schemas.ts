/** Schemas with a title become components of the OpenAPI document, so that each has one name in generated code. */
import { optionalDefaults } from './optional-defaults.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
interface JsonObject {
  [name: string]: Json
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A schema with a title, of an object; titles are names of types. */
const nameOf = (value: JsonObject): string | undefined => {
  const { title, type } = value
  return typeof title === 'string' && type === 'object' && /^[A-Z][A-Za-z0-9]*$/.test(title)
    ? title
    : undefined
}

/** The document with `$ref`s; throws where two different schemas have one title. */
export const named = <Document extends object>(document: Document): Document => {
  const schemas: Record<string, Json> = {}

  const hoist = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(hoist)
    if (!isObject(value)) return value
    const name = nameOf(value)
    const inner = Object.fromEntries(Object.entries(value).map(([key, of]) => [key, hoist(of)]))
    if (name === undefined) return inner
    const before = schemas[name]
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(inner))
      throw new Error(`two different schemas have the title ${name}`)
    schemas[name] = inner
    return { $ref: `#/components/schemas/${name}` }
  }

  const plain = JSON.parse(JSON.stringify(document)) as JsonObject
  const paths = hoist(optionalDefaults(plain['paths'] ?? {}))
  const sorted = Object.fromEntries(
    Object.keys(schemas)
      .toSorted()
      .map((name) => [name, schemas[name] as Json]),
  )
  const components = { ...(plain['components'] as JsonObject), schemas: sorted }
  return { ...plain, paths, components } as unknown as Document
}
