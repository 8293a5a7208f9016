/** The Host of a clear-text HTTP/1 request (RFC 9112 3.2), from the segment that the request begins with. */
import { hostName } from './host-name.ts'

/** Servers take no longer heads either. */
const MAX_HEAD_BYTES = 8192
const REQUEST_LINE = /^[A-Z]{3,16} [\x21-\xff]+ HTTP\/1\.[01]$/
const HOST_FIELD = /^host:/i
const PORT = /:\d{0,5}$/
const IPV6_LITERAL = /^\[[0-9a-f:.]{2,45}\]$/i

/** Host without port, lower case; undefined when it isn't there, not whole, not valid, or there twice. */
export const httpHost = (segment: Uint8Array): string | undefined => {
  const { buffer, byteOffset, length } = segment
  const head = Buffer.from(buffer, byteOffset, Math.min(length, MAX_HEAD_BYTES)).toString('latin1')
  // What follows the last line end may be cut off.
  const [request, ...fields] = head.split('\n').slice(0, -1).map(withoutReturn)
  if (request === undefined || !REQUEST_LINE.test(request)) return undefined
  const end = fields.indexOf('')
  const hosts = fields.slice(0, end < 0 ? undefined : end).filter((line) => HOST_FIELD.test(line))
  return hosts.length === 1 ? validHost(hosts[0]!.slice('host:'.length).trim()) : undefined
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)

const validHost = (value: string): string | undefined => {
  const host = value.replace(PORT, '')
  return IPV6_LITERAL.test(host) ? host.toLowerCase() : hostName(host)
}
