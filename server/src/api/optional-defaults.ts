/** What has a default may be left out: in the document of requests it is not required. */

interface JsonObject {
  [name: string]: unknown
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const withoutDefaults = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutDefaults)
  if (!isObject(value)) return value
  const inner = Object.fromEntries(
    Object.entries(value).map(([name, of]) => [name, withoutDefaults(of)]),
  )
  const { properties, required } = inner
  if (!isObject(properties) || !Array.isArray(required)) return inner
  const needed = required.filter((name: string) => {
    const property = properties[name]
    return !(isObject(property) && 'default' in property)
  })
  return { ...inner, required: needed }
}

interface Operation {
  parameters?: { required?: boolean; schema?: unknown }[]
  requestBody?: unknown
}

/** `paths` of an OpenAPI document; answers are left as they are. */
export const optionalDefaults = <Paths>(paths: Paths): Paths => {
  const all = structuredClone(paths) as Record<string, Record<string, Operation>>
  for (const operation of Object.values(all).flatMap((methods) => Object.values(methods))) {
    for (const parameter of operation.parameters ?? [])
      if (isObject(parameter.schema) && 'default' in parameter.schema) parameter.required = false
    if (operation.requestBody !== undefined)
      operation.requestBody = withoutDefaults(operation.requestBody)
  }
  return all as Paths
}
