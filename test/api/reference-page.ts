/** docs/reference/operations.md out of an OpenAPI document. */
import type { OpenapiDocument, Schema } from './client-source.ts'

interface Documented {
  tags: string[]
  summary: string
  description?: string
  security?: unknown[]
}
interface Described extends Schema {
  description?: string
  default?: unknown
  minimum?: number
  maximum?: number
  maxLength?: number
  maxItems?: number
}

export interface DocumentWithTags extends OpenapiDocument {
  tags: { name: string; description: string }[]
}

const HEAD = `<!-- Generated from the OpenAPI document by test/api/client.test.ts (\`vitest run -u\`). -->
# Operations of the API

All routes with what they take, as \`/api/v1/openapi.json\` and the page \`/docs\` of a running server say it. How to sign in, how errors,
pages and streams work: [api.md](api.md). Every operation can also answer with a problem document.
`

/** Values beyond it are left out: of fields of flows there are dozens. */
const MOST_VALUES = 12

export const referencePage = (document: DocumentWithTags): string => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      title: `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      operation: operation as typeof operation & Documented,
    })),
  )
  const chapters = document.tags.map(({ name, description }) => {
    const own = operations
      .filter(({ operation }) => operation.tags.includes(name))
      .toSorted((a, b) => pathFirst(a.title, b.title))
    if (own.length === 0) return ''
    const parts = own.map(({ title, operation }) => section(document, title, operation))
    return [`## ${name}\n\n${description}\n`, ...parts].join('\n')
  })
  return [HEAD, ...chapters.filter(Boolean)].join('\n')
}

const pathFirst = (a: string, b: string): number => {
  const [x, y] = [a, b].map((title) => title.split(' ').toReversed().join(' ')) as [string, string]
  return x < y ? -1 : 1
}

type Operation = OpenapiDocument['paths'][string][string] & Documented

const section = (document: OpenapiDocument, title: string, operation: Operation): string => {
  const {
    summary,
    description = '',
    parameters = [],
    requestBody,
    responses,
    operationId,
  } = operation
  const rows = parameters.map(({ name, schema, required = false, description: words }) =>
    row(name, { ...schema, description: words } as Described, required),
  )
  const body = Object.values(requestBody?.content ?? {})[0]?.schema
  if (body) rows.push(...bodyRows(document, 'body: ', resolve(document, body)))
  const table = rows.length === 0 ? '' : `\n| takes | form | |\n|---|---|---|\n${rows.join('\n')}\n`
  const more = cell(description.replaceAll('\n\n', ' '))
  return `### \`${title}\`\n\n${summary} ${more} \`${operationId}\`${answers(responses)}.\n${table}`
}

const bodyRows = (document: OpenapiDocument, place: string, schema: Schema): string[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, of]) => {
    const own = row(`${place}${name}`, of, schema.required?.includes(name) ?? false)
    const items = of.items && resolve(document, of.items)
    return items?.properties ? [own, ...bodyRows(document, `${place}${name}[].`, items)] : [own]
  })

const row = (name: string, schema: Described, required: boolean): string =>
  `| \`${name}\`${required ? ' *' : ''} | ${cell(formOf(schema))} | ${cell(schema.description ?? '')} |`

const answers = (responses: Operation['responses']): string => {
  const [status, good] = Object.entries(responses).find(([code]) => /^[12]/.test(code)) ?? []
  const [type, content] = Object.entries(good?.content ?? {})[0] ?? []
  if (type === undefined) return ` → ${status}`
  const name = content?.schema.$ref?.split('/').at(-1)
  return name === undefined ? ` → ${type}` : ` → ${name}`
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const resolve = ({ components }: OpenapiDocument, schema: Schema): Schema =>
  schema.$ref === undefined
    ? schema
    : (components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {})

const formOf = (schema: Described): string => {
  const fallback = schema.default === undefined ? '' : `; ${JSON.stringify(schema.default)}`
  if (schema.enum) return `${valuesOf(schema.enum)}${fallback}`
  const { $ref, minimum, maximum, maxLength, maxItems, type } = schema
  if ($ref !== undefined) return $ref.split('/').at(-1) ?? ''
  if (schema.anyOf) return schema.anyOf.map((one) => formOf(one)).join(' or ')
  if (type === 'array') {
    const items = schema.items ? ` of ${formOf(schema.items)}` : ''
    return `list${items}${maxItems === undefined ? '' : `, at most ${maxItems}`}${fallback}`
  }
  const range = [minimum, maximum].every((bound) => bound === undefined)
    ? ''
    : ` ${minimum ?? ''} to ${maximum ?? ''}`
  const length = maxLength === undefined ? '' : `, up to ${maxLength}`
  return `${String(type ?? 'any')}${range}${length}${fallback}`
}

const valuesOf = (values: readonly unknown[]): string =>
  values.length > MOST_VALUES
    ? `one of ${values.length} names`
    : values.map((value) => JSON.stringify(value)).join(', ')
