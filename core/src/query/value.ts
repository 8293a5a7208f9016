/** Values with their units, as queries and options write them: 1MB, 10ms, 8Mbit/s, -1h, SYN+ACK. */
import type { FieldType } from '../flow.ts'
import type { QueryTime } from './query.ts'

const DECIMAL = /^(\d{1,16}(?:\.\d{1,9})?)\s*([a-zµ/]*)$/i

type Units = Readonly<Record<string, number>>

const COUNT_UNITS: Units = { '': 1, k: 1e3, m: 1e6, g: 1e9 }

const BYTE_UNITS: Units = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

const RATE_UNITS: Units = {
  ...BYTE_UNITS,
  bit: 1 / 8,
  kbit: 1e3 / 8,
  mbit: 1e6 / 8,
  gbit: 1e9 / 8,
}

/** In milliseconds; a bare number is milliseconds too, as the fields are. */
const DURATION_UNITS: Units = {
  us: 1e-3,
  µs: 1e-3,
  '': 1,
  ms: 1,
  s: 1e3,
  m: 60e3,
  min: 60e3,
  h: 3600e3,
  d: 86_400e3,
}

const withUnit = (text: string, units: Units): number | undefined => {
  const [, figure, unit = ''] = DECIMAL.exec(text.trim()) ?? []
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined
  return figure === undefined || factor === undefined ? undefined : Number(figure) * factor
}

const wholeUpTo = (most: number, value: number | undefined): number | undefined =>
  value !== undefined && Number.isInteger(value) && value <= most ? value : undefined

/** Milliseconds of `5m`, `1.5s`, `2h`. */
export const parseDuration = (text: string): number | undefined => withUnit(text, DURATION_UNITS)

const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/i

const isoTime = (text: string): QueryTime | undefined => {
  const [, date, time = '00:00', seconds = '00', fraction = '', zone = 'Z'] = ISO.exec(text) ?? []
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()
  const ms = Date.parse(`${date}T${time}:${seconds}${offset}`)
  // What Date makes of 31 February is not what was meant.
  const isReal = !Number.isNaN(Date.parse(`${date}T00:00:00Z`)) && isDay(date ?? '')
  const us = ms * 1000 + Math.trunc(Number(`0.${fraction}0`) * 1e6 + 1e-3)
  return isReal && Number.isSafeInteger(us) ? { us } : undefined
}

const isDay = (date: string): boolean =>
  new Date(`${date}T00:00:00Z`).toISOString().startsWith(date)

/** ISO 8601 (UTC where it names no zone), or that long ago: `-1h`, `1h`; `now`. */
export const parseTime = (text: string): QueryTime | undefined => {
  if (text.toLowerCase() === 'now') return { agoUs: 0 }
  if (text.length > 10 || /^\d{4}-/.test(text)) return isoTime(text)
  const ago = /^-?\d+$/.test(text) ? undefined : parseDuration(text.replace(/^-/, ''))
  return ago === undefined ? undefined : { agoUs: Math.round(ago * 1000) }
}

const FLAGS: Units = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128 }

/** Names of the TCP flags. */
export const FLAG_NAMES: readonly string[] = Object.keys(FLAGS)

/** TCP flags by number or name: `18`, `SYN+ACK`. */
const parseFlags = (text: string): number | undefined => {
  if (/^\d{1,3}$/.test(text)) return Number(text) < 256 ? Number(text) : undefined
  const bits = text.split(/[+|]/).map((name) => {
    const flag = name.trim().toUpperCase()
    return Object.hasOwn(FLAGS, flag) ? FLAGS[flag] : undefined
  })
  return bits.includes(undefined) ? undefined : bits.reduce<number>((all, bit) => all | bit!, 0)
}

export type NumberType = Exclude<FieldType, 'id' | 'address' | 'text' | 'time'>

interface Kind {
  /** What is allowed, in words that follow "needs". */
  allowed: string
  /** Values as an example shows them. */
  examples: readonly string[]
  parse(text: string): number | undefined
}

/** How the values of each type that is compared as a number are written. */
export const NUMBER_KINDS: Readonly<Record<NumberType, Kind>> = {
  port: {
    allowed: 'a port from 0 to 65535',
    examples: ['443', '53', '22'],
    parse: (text) => (/^\d{1,5}$/.test(text) ? wholeUpTo(65_535, Number(text)) : undefined),
  },
  count: {
    allowed: 'a whole number such as 100 or 10k',
    examples: ['0', '100', '10k'],
    parse: (text) => wholeUpTo(Number.MAX_SAFE_INTEGER, withUnit(text, COUNT_UNITS)),
  },
  bytes: {
    allowed: 'bytes such as 1500, 10kB, 1.5MB or 2GiB',
    examples: ['10kB', '1MB', '1GiB'],
    parse: (text) => withUnit(text, BYTE_UNITS),
  },
  rate: {
    allowed: 'bytes per second such as 1500, 10kB/s, or 8Mbit/s',
    examples: ['10kB/s', '1MB/s', '8Mbit/s'],
    parse: (text) => withUnit(text.replace(/\/s$/i, ''), RATE_UNITS),
  },
  duration: {
    allowed: 'a time such as 250us, 10ms, 1.5s or 5m',
    examples: ['10ms', '1s', '5m'],
    parse: parseDuration,
  },
  flags: {
    allowed: 'TCP flags such as SYN+ACK, or their number',
    examples: FLAG_NAMES,
    parse: parseFlags,
  },
}

/** The same for times. */
export const TIME_KIND = {
  allowed: 'a time such as 2026-07-31T12:00:00Z, or -5m for five minutes ago',
  examples: ['-5m', '-1h', '-1d', 'now'],
  parse: parseTime,
} as const

export const isNumberType = (type: FieldType): type is NumberType =>
  Object.hasOwn(NUMBER_KINDS, type)
