/** Where a server waits for agents, and the token by which one joins. */

/** Of the uplink over TCP, unless an address names another. */
export const UPLINK_PORT = 8087

export interface ServerAddress {
  host: string
  port: number
}

const ADDRESS =
  /^(?:tls:\/\/|https:\/\/)?(?:\[([0-9A-Fa-f:.%]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?\/?$/

/** `host`, `host:8087`, `[2001:db8::1]:8087`, also with `tls://` before it; undefined: it is none. */
export const parseServerAddress = (text: string): ServerAddress | undefined => {
  const found = ADDRESS.exec(text.trim())
  const host = found?.[1] ?? found?.[2]
  if (host === undefined) return undefined
  const port = found?.[3] === undefined ? UPLINK_PORT : Number(found[3])
  return port > 65_535 ? undefined : { host, port }
}

export const formatServerAddress = ({ host, port }: ServerAddress): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

/** What an agent needs to join: where, whose certificate it must meet there, and a secret that counts once. */
export interface JoinToken {
  server: ServerAddress
  /** SHA-256 of the server's certificate (DER), hex in lower case. */
  fingerprint: string
  secret: string
}

const PREFIX = 'netscope-join-1.'

export const formatJoinToken = ({ server, fingerprint, secret }: JoinToken): string => {
  const text = JSON.stringify([formatServerAddress(server), fingerprint, secret])
  return PREFIX + Buffer.from(text).toString('base64url')
}

/** undefined: it is none. */
export const parseJoinToken = (text: string): JoinToken | undefined => {
  if (!text.startsWith(PREFIX)) return undefined
  const fields = parse(Buffer.from(text.slice(PREFIX.length), 'base64url').toString())
  if (!isTexts(fields)) return undefined
  const [address = '', fingerprint = '', secret = ''] = fields
  const server = parseServerAddress(address)
  if (!server || !/^[0-9a-f]{64}$/.test(fingerprint) || secret === '') return undefined
  return { server, fingerprint, secret }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
