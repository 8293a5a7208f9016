/** One call of the API of a NetScope that is measured. */
import type { Netscope } from './netscope.ts'

/** The JSON of the answer; throws where it is no success. */
export const callApi = async (
  { url, headers }: Pick<Netscope, 'url' | 'headers'>,
  method: string,
  path: string,
  body?: object,
): Promise<Record<string, unknown>> => {
  const response = await fetch(new URL(path, url), {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}
