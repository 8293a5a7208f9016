/** The two lists of the fake server, with the server's own checks in small. */
import { isIP } from 'node:net'

export interface FakeEntry {
  prefix: string
  reason: string
  origin: string
  author: string
  createdAtMs: number
  expiresAtMs: number
}

/** An address or prefix in canonical text; undefined for anything else. */
export const canonical = (text: string): string | undefined => {
  const [address = '', length, more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || more !== undefined) return undefined
  if (
    length !== undefined &&
    (!/^\d{1,3}$/.test(length) || Number(length) > (family === 4 ? 32 : 128))
  )
    return undefined
  const host = family === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address
  return length === undefined ? host : `${host}/${length}`
}

export const createFakeList = (seed: Partial<FakeEntry>[] = []) => {
  const entries = new Map<string, FakeEntry>()
  const add = (
    prefix: string,
    reason = '',
    expiresInSeconds = 0,
    more: Partial<FakeEntry> = {},
  ) => {
    const createdAtMs = Date.now()
    const expiresAtMs = expiresInSeconds > 0 ? createdAtMs + expiresInSeconds * 1000 : 0
    entries.set(prefix, {
      prefix,
      reason,
      origin: 'api',
      author: '',
      createdAtMs,
      expiresAtMs,
      ...more,
    })
  }
  for (const entry of seed) add(entry.prefix ?? '', '', 0, entry)
  return {
    add,
    remove: (prefix: string) => entries.delete(prefix),
    has: (address: string) => entries.has(address),
    size: () => entries.size,
    page(offset: number, limit: number, match: string) {
      const all = [...entries.values()].filter(({ prefix, reason }) =>
        `${prefix} ${reason}`.includes(match),
      )
      const page = all.slice(offset, offset + limit)
      return { ips: page.map(({ prefix }) => prefix), total: all.length, entries: page }
    },
  }
}
