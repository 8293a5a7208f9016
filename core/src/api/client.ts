/** The API by operations: their parameters, bodies and answers have types; who sends requests is given. */
import { OPERATIONS } from './operation-paths.ts'
import type { Operations } from './operations.ts'

export type OperationId = keyof Operations
/** Operations whose answer is JSON, or nothing. */
export type JsonOperationId = {
  [Id in OperationId]: Operations[Id]['answer'] extends Response ? never : Id
}[OperationId]
export type AnswerOf<Id extends OperationId> = Operations[Id]['answer']

/** What an operation takes as JSON. */
export type BodyOf<Id extends OperationId> = Exclude<Operations[Id]['body'], undefined>

/** Those of path, query and body that an operation has; a part whose fields are all optional may be left out. */
export type InputOf<Id extends OperationId> = Part<'path', Operations[Id]['path']> &
  Part<'query', Operations[Id]['query']> &
  Part<'body', Operations[Id]['body']>
type Part<Name extends string, T> = [T] extends [undefined]
  ? { [N in Name]?: undefined }
  : Partial<T> extends T
    ? { [N in Name]?: T }
    : { [N in Name]: T }

export interface ApiRequest {
  method: string
  /** Path and query, from the server's root, such as `/api/v1/flows?limit=5`. */
  path: string
  /** JSON text. */
  body?: string
}

export interface ApiClient {
  call<Id extends JsonOperationId>(id: Id, ...input: Given<Id>): Promise<AnswerOf<Id>>
}
/** Nothing has to be given where nothing is needed. */
type Given<Id extends OperationId> =
  Partial<InputOf<Id>> extends InputOf<Id> ? [input?: InputOf<Id>] : [input: InputOf<Id>]

type Value = string | number | boolean | undefined
interface Parts {
  path?: Record<string, Value> | undefined
  query?: Record<string, Value> | undefined
  body?: unknown
}

/** Path and query of an operation. */
export const pathOf = <Id extends OperationId>(id: Id, ...[input]: Given<Id>): string => {
  const { path = {}, query = {} } = (input ?? {}) as Parts
  const pattern: string = OPERATIONS[id].path
  const filled = pattern.replace(/\{(\w+)\}/g, (_hole: string, name: string) =>
    encodeURIComponent(String(path[name])),
  )
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams()
  for (const [name, value] of given) search.set(name, String(value))
  return given.length === 0 ? filled : `${filled}?${search.toString()}`
}

/** The request that an operation is. */
export const requestOf = <Id extends OperationId>(id: Id, ...given: Given<Id>): ApiRequest => {
  const { body } = (given[0] ?? {}) as Parts
  return {
    method: OPERATIONS[id].method,
    path: pathOf(id, ...given),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
}

/** `send` gives the parsed JSON of a good answer, undefined of an empty one, and throws for all others. */
export const createApiClient = (send: (request: ApiRequest) => Promise<unknown>): ApiClient => ({
  call: async <Id extends JsonOperationId>(id: Id, ...given: Given<Id>) =>
    (await send(requestOf(id, ...given))) as AnswerOf<Id>,
})
