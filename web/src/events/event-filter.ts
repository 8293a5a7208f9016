/** Which packet events are shown; what the server can judge exactly is already filtered there. */
import type { PacketEvent } from './packet-event.ts'

export interface EventFilter {
  /** An address, or the beginning of one. */
  address: string
  port: string
  proto: string
  action: string
  direction: string
}

export const NO_FILTER: EventFilter = {
  address: '',
  port: '',
  proto: '',
  action: '',
  direction: '',
}

const NAMES = Object.keys(NO_FILTER) as (keyof EventFilter)[]

export const readEventFilter = (params: URLSearchParams): EventFilter => ({
  ...NO_FILTER,
  ...Object.fromEntries(NAMES.map((name) => [name, (params.get(name) ?? '').trim()])),
})

/** A test for events; a complete address must be equal, anything shorter is the beginning of one. */
export const eventMatcher = (filter: EventFilter): ((event: PacketEvent) => boolean) => {
  const { proto, action, direction } = filter
  const whole = completeAddress(filter.address)
  const start = filter.address.toLowerCase()
  const isAddress = (text: string) => (whole ? text === whole : text.startsWith(start))
  const port = filter.port === '' ? undefined : Number(filter.port)
  return (event) =>
    (start === '' || isAddress(event.src) || isAddress(event.dst)) &&
    (port === undefined || event.srcPort === port || event.dstPort === port) &&
    (proto === '' || event.proto === proto) &&
    (action === '' || event.action === action) &&
    (direction === '' || event.direction === direction)
}

/** The query of `/events`: only conditions that the server understands without doubt. */
export const eventQuery = (filter: EventFilter): string => {
  const query = new URLSearchParams()
  const ip = completeAddress(filter.address)
  if (ip) query.set('ip', ip)
  if (isPort(filter.port)) query.set('port', String(Number(filter.port)))
  for (const name of ['proto', 'action', 'direction'] as const)
    if (filter[name]) query.set(name, filter[name])
  return query.toString()
}

export const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535

const V4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/

/** The canonical text of a complete address; undefined for a beginning or for nonsense. */
export const completeAddress = (text: string): string | undefined => {
  if (V4.test(text)) return text
  if (!/^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text)) return undefined
  try {
    return new URL(`http://[${text}]`).hostname.slice(1, -1)
  } catch {
    return undefined
  }
}
