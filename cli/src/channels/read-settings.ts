/** Settings of a channel as they are given: `name=value`, `name=@file`, `name=@-`, by the types of the kind's schema. */
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { InvalidArgumentError } from 'commander'

interface Schema {
  properties?: Record<string, { type?: string }>
}

const readValue = async (value: string): Promise<string> => {
  if (value === '@-') return (await text(process.stdin)).trim()
  if (!value.startsWith('@')) return value
  try {
    return (await readFile(value.slice(1), 'utf8')).trim()
  } catch (error) {
    throw new InvalidArgumentError(`${value.slice(1)} cannot be read: ${(error as Error).message}`)
  }
}

const typed = (value: string, type: string | undefined): unknown => {
  if (type === 'integer' || type === 'number') return Number(value)
  return type === 'array' ? value.split(',').map((item) => item.trim()) : value
}

/** What the kind does not know is left to the server to refuse, which names what there is. */
export const readSettings = async (
  given: readonly string[],
  schema: unknown,
): Promise<Record<string, unknown>> => {
  const { properties = {} } = schema as Schema
  const settings: Record<string, unknown> = {}
  for (const item of given) {
    const at = item.indexOf('=')
    if (at < 1) throw new InvalidArgumentError('Write settings as NAME=VALUE.')
    const name = item.slice(0, at)
    settings[name] = typed(await readValue(item.slice(at + 1)), properties[name]?.type)
  }
  return settings
}
