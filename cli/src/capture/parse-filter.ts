/** `host A and port N`: which packets a capture takes, in the words of tcpdump that its filter has. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { PROTOCOL_NAMES, protocolNumber } from '@netscope/core/protocol.ts'

/** Body of POST /api/v1/captures. */
export interface ApiCaptureFilter {
  ip?: string
  port?: number
  protocol?: string
  interface?: string
}

const ALLOWED =
  'host ADDRESS, net PREFIX, port NUMBER, proto NAME and interface NAME, joined by `and`, each once'

const wrong = (filter: string, reason: string): NetscopeError =>
  new NetscopeError('capture.filter', { filter: JSON.stringify(filter), reason, allowed: ALLOWED })

interface Word {
  field: keyof ApiCaptureFilter
  /** The value as the API takes it; a text says what is wrong. */
  parse(value: string): { value: string | number } | string
}

const prefixOf = (value: string): ReturnType<typeof parsePrefix> | string => {
  try {
    return parsePrefix(value)
  } catch (error) {
    return (error as Error).message.replace(/\.+$/, '')
  }
}

const WORDS: Readonly<Record<string, Word>> = {
  host: {
    field: 'ip',
    parse: (value) => {
      const prefix = prefixOf(value)
      if (typeof prefix === 'string') return prefix
      return prefix.text.includes('/') ? `${value} is a net, not a host` : { value: prefix.text }
    },
  },
  net: {
    field: 'ip',
    parse: (value) => {
      const prefix = prefixOf(value)
      return typeof prefix === 'string' ? prefix : { value: prefix.text }
    },
  },
  port: {
    field: 'port',
    parse: (value) =>
      /^\d{1,5}$/.test(value) && Number(value) < 65_536
        ? { value: Number(value) }
        : `${JSON.stringify(value)} is no port from 0 to 65535`,
  },
  proto: {
    field: 'protocol',
    parse: (value) => {
      if (protocolNumber(value) !== undefined) return { value }
      const names = Object.values(PROTOCOL_NAMES).join(', ')
      return `${JSON.stringify(value)} is none of ${names}, nor a number from 0 to 255`
    },
  },
  interface: { field: 'interface', parse: (value) => ({ value }) },
}

/** Throws `capture.filter`. An empty text takes every packet. */
export const parseCaptureFilter = (text: string): ApiCaptureFilter => {
  const tokens = text.split(/\s+/).filter((token) => token !== '')
  const filter: Record<string, string | number> = {}
  for (let i = 0; i < tokens.length; i += 3) {
    const [name = '', value, and] = tokens.slice(i, i + 3)
    const word = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined
    if (!word) throw wrong(text, `there is no word ${JSON.stringify(name)}`)
    if (value === undefined) throw wrong(text, `${name} needs a value`)
    if (filter[word.field] !== undefined) throw wrong(text, `${name} names one thing more`)
    const parsed = word.parse(value)
    if (typeof parsed === 'string') throw wrong(text, parsed)
    filter[word.field] = parsed.value
    if (and === undefined) break
    if (and !== 'and') throw wrong(text, `before ${JSON.stringify(and)} must be \`and\``)
    if (i + 3 === tokens.length) throw wrong(text, 'something must follow `and`')
  }
  return filter
}
