/** Requests that an OpenAPI document allows, and some that it does not. */
import type { OpenapiDocument } from './client-source.ts'
import { valueFor } from './random-value.ts'
import type { FullSchema, Random } from './random-value.ts'

type Operation = OpenapiDocument['paths'][string][string]

export interface RandomRequest {
  operationId: string
  method: string
  /** Path and query. */
  path: string
  headers: Record<string, string>
  body?: string
}

export interface OperationAt {
  path: string
  method: string
  operation: Operation
}

/** One in so many values is none that fits. */
const WILD_IN = 12

/** `document` has no references. */
export const operationsOf = ({ paths }: OpenapiDocument): OperationAt[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '')

/** What a URL can't hold is left as U+FFFD, as clients do. */
const encode = (value: unknown): string => encodeURIComponent(textOf(value).toWellFormed())

/** Names and ids of what there is, by the collection in the path: `policies`. */
export type KnownNames = Readonly<Record<string, readonly string[]>>

export const randomRequest = (
  random: Random,
  { path, method, operation }: OperationAt,
  known: KnownNames,
): RandomRequest => {
  const { operationId, parameters = [], requestBody } = operation
  const value = (schema: unknown) => valueFor(random, schema as FullSchema, WILD_IN)
  const there = known[path.split('/')[3] ?? ''] ?? []
  const filled = path.replace(/\{(\w+)\}/g, (_hole, name: string) => {
    const one = random(2) === 0 ? there[random(there.length)] : undefined
    if (one !== undefined) return encode(one)
    const schema = parameters.find((of) => of.in === 'path' && of.name === name)?.schema ?? {}
    return encode(value(schema)) || '-'
  })
  const query = parameters
    .filter((of) => of.in === 'query' && (of.required ? random(WILD_IN) > 0 : random(3) === 0))
    .map(({ name, schema }) => `${encode(name)}=${encode(value(schema))}`)
  if (random(WILD_IN) === 0) query.push(query[0] ?? 'x=1')
  const url = query.length === 0 ? filled : `${filled}?${query.join('&')}`
  const base = { operationId, method: method.toUpperCase(), path: url }
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  if (type === undefined) return { ...base, headers: {} }
  const text = JSON.stringify(value(content?.schema)) ?? ''
  const body = random(30) === 0 ? text.slice(0, random(text.length + 1)) : text
  return { ...base, headers: { 'content-type': type }, body }
}
