/** What counts as one client address: an IPv4 address, or the /64 that a site hands out (RFC 6177). */
import { isIP } from 'node:net'

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** The eight groups of an IPv6 address without zone. */
const groupsOf = (address: string): string[] => {
  const [head = '', tail] = address.split('::')
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')))
  if (tail === undefined || !before || !after) return before ?? []
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0')
  return [...before, ...zeros, ...after]
}

export const addressKey = (address: string): string => {
  const [, v4] = MAPPED.exec(address) ?? []
  if (v4 !== undefined) return v4
  const [plain = ''] = address.split('%')
  if (isIP(plain) !== 6) return plain
  return `${groupsOf(plain.toLowerCase())
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
