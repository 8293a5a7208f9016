/** Host names as clients send them in TLS (RFC 6066 3) and HTTP: letters, digits, hyphens, and the underscore that is in use. */

const MAX_CHARS = 255
const LABELS = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/

/** The name in lower case without its last dot, or undefined where it can't be a host name. */
export const hostName = (text: string): string | undefined => {
  if (text.length > MAX_CHARS) return undefined
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase()
  return LABELS.test(name) ? name : undefined
}
