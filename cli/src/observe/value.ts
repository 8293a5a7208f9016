/** Values of filters with their units: 1MB, 10ms, 5m, 10Mbit/s. */
import type { FieldType } from '@netscope/core/flow.ts'

const DECIMAL = /^(\d{1,15}(?:\.\d{1,9})?)\s*([a-zµ/]*)$/i

const BYTE_UNITS: Readonly<Record<string, number>> = {
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

const BIT_UNITS: Readonly<Record<string, number>> = {
  bit: 1 / 8,
  kbit: 1e3 / 8,
  mbit: 1e6 / 8,
  gbit: 1e9 / 8,
}

/** In milliseconds; a bare number is milliseconds too, as the fields are. */
const DURATION_UNITS: Readonly<Record<string, number>> = {
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

const RATE_UNITS = { ...BYTE_UNITS, ...BIT_UNITS }

const withUnit = (text: string, units: Readonly<Record<string, number>>): number | undefined => {
  const [, figure, unit = ''] = DECIMAL.exec(text.trim()) ?? []
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined
  return figure === undefined || factor === undefined ? undefined : Number(figure) * factor
}

/** Milliseconds of `5m`, `1.5s`, `2h`. */
export const parseDuration = (text: string): number | undefined => withUnit(text, DURATION_UNITS)

const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i

/** Milliseconds since 1970 of an ISO 8601 time (local without a zone), or of a time that long ago: `5m`. */
export const parseTime = (text: string, nowMs: number): number | undefined => {
  if (ISO.test(text)) {
    const ms = Date.parse(text.includes(':') ? text : `${text}T00:00`)
    return Number.isNaN(ms) ? undefined : ms
  }
  const ago = /^\d+$/.test(text) ? undefined : parseDuration(text)
  return ago === undefined ? undefined : nowMs - ago
}

const FLAGS: Readonly<Record<string, number>> = {
  FIN: 1,
  SYN: 2,
  RST: 4,
  PSH: 8,
  ACK: 16,
  URG: 32,
  ECE: 64,
  CWR: 128,
}

/** TCP flags by number or name: `18`, `SYN+ACK`. */
const parseFlags = (text: string): number | undefined => {
  if (/^\d{1,3}$/.test(text)) return Number(text) < 256 ? Number(text) : undefined
  const bits = text.split(/[+|,]/).map((name) => FLAGS[name.trim().toUpperCase()])
  return bits.includes(undefined) ? undefined : bits.reduce<number>((all, bit) => all | bit!, 0)
}

const parseInteger = (text: string, most: number): number | undefined =>
  /^\d{1,16}$/.test(text) && Number(text) <= most ? Number(text) : undefined

export type NumberType = Exclude<FieldType, 'id' | 'address' | 'text'>

interface Kind {
  /** What is allowed, in words that follow "needs". */
  allowed: string
  parse(text: string, nowMs: number): number | undefined
}

/** How the values of each type that is compared as a number are written. */
export const NUMBER_KINDS: Readonly<Record<NumberType, Kind>> = {
  port: { allowed: 'a port from 0 to 65535', parse: (text) => parseInteger(text, 65_535) },
  count: {
    allowed: 'a whole number',
    parse: (text) => parseInteger(text, Number.MAX_SAFE_INTEGER),
  },
  bytes: {
    allowed: 'bytes such as 1500, 10kB, 1.5MB or 2GiB',
    parse: (text) => withUnit(text, BYTE_UNITS),
  },
  rate: {
    allowed: 'bytes per second such as 1500, 10kB/s, or 8Mbit/s',
    parse: (text) => withUnit(text.replace(/\/s$/i, ''), RATE_UNITS),
  },
  duration: { allowed: 'a time such as 250us, 10ms, 1.5s or 5m', parse: parseDuration },
  time: {
    allowed: 'a time such as 2026-07-31T12:00:00Z, or 5m for five minutes ago',
    parse: parseTime,
  },
  flags: { allowed: 'TCP flags such as SYN+ACK, or their number', parse: parseFlags },
}
