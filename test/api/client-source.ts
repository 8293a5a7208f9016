/** TypeScript of an OpenAPI document: operations.ts and operation-paths.ts of core/src/api, which the typed client is made of. */

/** JSON Schema, as far as our document uses it. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: readonly unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  required?: readonly string[]
  additionalProperties?: Schema | boolean
  patternProperties?: Record<string, Schema>
  items?: Schema
  anyOf?: readonly Schema[]
  oneOf?: readonly Schema[]
  allOf?: readonly Schema[]
}

interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema: Schema
}

type Content = Record<string, { schema: Schema }>

interface Operation {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { content: Content }
  responses: Record<string, { content?: Content }>
}

export interface OpenapiDocument {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

const HEAD = `/** Generated from the OpenAPI document by test/api/client.test.ts (\`vitest run -u\`): all operations and their types. */
`
const PATHS_HEAD = `/** Generated from the OpenAPI document by test/api/client.test.ts (\`vitest run -u\`): where each operation is. */
import type { Operations } from './operations.ts'
`
const JSON_TYPE = 'application/json'

const operationsOf = ({ paths }: OpenapiDocument) =>
  Object.entries(paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
    .toSorted((a, b) => (a.operation.operationId < b.operation.operationId ? -1 : 1))

export const clientSource = (document: OpenapiDocument): string =>
  [
    HEAD,
    'export interface Schemas {',
    ...Object.entries(document.components.schemas).map(
      ([name, schema]) => `  ${name}: ${typeOf(schema)}`,
    ),
    '}\n',
    'export interface Operations {',
    ...operationsOf(document).map(
      ({ operation }) => `  ${operation.operationId}: ${typesOf(operation)}`,
    ),
    '}\n',
  ].join('\n')

export const pathsSource = (document: OpenapiDocument): string =>
  [
    PATHS_HEAD,
    'export const OPERATIONS = {',
    ...operationsOf(document).map(
      ({ path, method, operation }) =>
        `  ${operation.operationId}: { method: '${method.toUpperCase()}', path: '${path}' },`,
    ),
    '} as const satisfies Record<keyof Operations, { method: string; path: string }>\n',
  ].join('\n')

const typesOf = ({ parameters = [], requestBody, responses }: Operation): string => {
  const body = requestBody?.content[JSON_TYPE]?.schema
  return `{ path: ${parametersOf(parameters, 'path')}; query: ${parametersOf(parameters, 'query')}; body: ${
    body ? typeOf(body) : 'undefined'
  }; answer: ${answerOf(responses)} }`
}

/** `Response`: it is no JSON. */
const answerOf = (responses: Operation['responses']): string => {
  const [, good] = Object.entries(responses).find(([status]) => /^[12]/.test(status)) ?? []
  const content = good?.content ?? {}
  if (content[JSON_TYPE]) return typeOf(content[JSON_TYPE].schema)
  return Object.keys(content).length === 0 ? 'undefined' : 'Response'
}

const parametersOf = (all: readonly Parameter[], place: string): string => {
  const fields = all
    .filter((parameter) => parameter.in === place)
    .map(({ name, required = false, schema }) => field(name, schema, required))
  return fields.length === 0 ? 'undefined' : `{ ${fields.join('; ')} }`
}

const field = (name: string, schema: Schema, required: boolean): string =>
  `${/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)}${required ? '' : '?'}: ${typeOf(schema)}`

const typeOf = (schema: Schema): string => {
  if (schema.$ref !== undefined) return `Schemas['${schema.$ref.split('/').at(-1)}']`
  if (schema.enum) return schema.enum.map((value) => literal(value)).join(' | ')
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.allOf) return `(${schema.allOf.map(typeOf).join(' & ')})`
  const either = schema.anyOf ?? schema.oneOf
  if (either) return `(${[...new Set(either.map(typeOf))].join(' | ')})`
  const types = [schema.type ?? []].flat()
  if (types.length === 0) return 'unknown'
  const texts = types.map((type) => plainType(type, schema))
  return texts.length === 1 ? (texts[0] as string) : `(${texts.join(' | ')})`
}

const literal = (value: unknown): string => JSON.stringify(value)

const plainType = (type: string, schema: Schema): string => {
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'string' || type === 'boolean' || type === 'null') return type
  if (type === 'array') return schema.items ? `(${typeOf(schema.items)})[]` : 'unknown[]'
  return objectType(schema)
}

const objectType = ({
  properties = {},
  required = [],
  additionalProperties,
  patternProperties = {},
}: Schema): string => {
  const [values] = Object.values(patternProperties)
  if (values) return `Record<string, ${typeOf(values)}>`
  const fields = Object.entries(properties).map(([name, schema]) =>
    field(name, schema, required.includes(name)),
  )
  if (fields.length > 0) return `{ ${fields.join('; ')} }`
  return typeof additionalProperties === 'object'
    ? `Record<string, ${typeOf(additionalProperties)}>`
    : 'Record<string, unknown>'
}
