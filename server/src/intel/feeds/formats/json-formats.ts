/** Feeds that are JSON, or one JSON object a line. */
import { isObject, itemsAt, numberAt, objectAt } from '../../json-fields.ts'
import type { FeedParser, FeedSink } from './feed-sink.ts'
import { linesOf } from './text-formats.ts'

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** One object a line, no array; the last line is of type `metadata`. DROP v4 and v6 have cidr, ASN-DROP asn. */
export const spamhaus: FeedParser = (text, sink) => {
  let found = false
  for (const line of linesOf(text)) {
    if (line === '') continue
    const object = parse(line)
    if (!isObject(object)) {
      sink.address(line.slice(0, 60))
      continue
    }
    found = true
    if (object['type'] === 'metadata') continue
    const asn = numberAt(object, 'asn')
    const { cidr } = object
    if (asn !== undefined) sink.asn(asn)
    else sink.address(typeof cidr === 'string' ? cidr : JSON.stringify(object).slice(0, 60))
  }
  return found
}

/** Only what is online: addresses of servers that are gone belong to somebody else. */
export const feodo: FeedParser = (text, sink) => {
  const array = parse(text)
  if (!Array.isArray(array)) return false
  for (const item of array as unknown[]) {
    if (!isObject(item) || (item['status'] ?? 'online') !== 'online') continue
    const { ip_address: address } = item
    sink.address(typeof address === 'string' ? address : 'an entry without ip_address')
  }
  return true
}

/** `1.2.3.4:9001` or `[2001:db8::1]:9001`. */
const withoutPort = (text: string): string =>
  /^\[([^\]]*)\]/.exec(text)?.[1] ?? text.split(':')[0] ?? ''

/** Details of relays; those that exits send from count, else where the relay listens. */
export const onionoo: FeedParser = (text, sink) => {
  const object = parse(text)
  if (!isObject(object) || !Array.isArray(object['relays'])) return false
  for (const relay of itemsAt(object, 'relays')) {
    if (!isObject(relay)) continue
    const flags = itemsAt(relay, 'flags')
    if (flags.length > 0 && !flags.includes('Exit')) continue
    for (const address of itemsAt(relay, 'exit_addresses'))
      if (typeof address === 'string') sink.address(address)
    for (const address of itemsAt(relay, 'or_addresses'))
      if (typeof address === 'string') sink.address(withoutPort(address))
  }
  return true
}

/** Of the object's own value, or of an end of the traffic; the value, or a set of them. */
const COMPARISON =
  /(ipv4-addr:value|ipv6-addr:value|domain-name:value|network-traffic:(?:src|dst)_ref\.value)\s*(?:=|ISSUBSET|IN)\s*(\([^()]{1,10000}\)|'[^'\\]{1,253}')/g
const LITERAL = /'([^'\\]{1,253})'/g

/** A name has a letter that is no digit of IPv6, or no colon. */
const isName = (value: string): boolean => !value.includes(':') && /[a-z]/i.test(value)

/** A bundle of STIX 2.1: equality, IN and ISSUBSET in patterns of indicators that hold now. Words of OASIS, section 9. */
export const stix: FeedParser = (text, sink, nowMs) => {
  const object = parse(text)
  if (!isObject(object) || object['type'] !== 'bundle') return false
  for (const item of itemsAt(object, 'objects')) {
    if (!isObject(item) || item['type'] !== 'indicator' || item['revoked'] === true) continue
    const { pattern, pattern_type: type = 'stix', valid_from: from, valid_until: until } = item
    if (typeof pattern !== 'string' || type !== 'stix') continue
    if (typeof until === 'string' && Date.parse(until) < nowMs) continue
    if (typeof from === 'string' && Date.parse(from) > nowMs) continue
    for (const [, , values = ''] of pattern.matchAll(COMPARISON))
      for (const [, value = ''] of values.matchAll(LITERAL))
        if (isName(value)) sink.name(value)
        else sink.address(value)
  }
  return true
}

/** Attributes of an event, its objects, or of several events; what is not `to_ids` is context. */
export const misp: FeedParser = (text, sink) => {
  const parsed = parse(text)
  const root = Array.isArray(parsed) ? { response: parsed as unknown[] } : parsed
  if (!isObject(root)) return false
  const wrapped = itemsAt(root, 'response')
  const events = [root, ...wrapped].filter(isObject).filter((item) => isObject(item['Event']))
  const attributes = itemsAt(objectAt(root, 'response'), 'Attribute')
  if (events.length === 0 && attributes.length === 0) return false
  for (const item of attributes) takeAttribute(item, sink)
  for (const wrapper of events) {
    const event = objectAt(wrapper, 'Event')
    for (const item of itemsAt(event, 'Attribute')) takeAttribute(item, sink)
    for (const inner of itemsAt(event, 'Object'))
      if (isObject(inner)) for (const item of itemsAt(inner, 'Attribute')) takeAttribute(item, sink)
  }
  return true
}

const takeAttribute = (item: unknown, sink: FeedSink): void => {
  if (!isObject(item) || item['to_ids'] === false || item['deleted'] === true) return
  const { type, value } = item
  if (typeof type !== 'string' || typeof value !== 'string') return
  const [first = '', second = ''] = value.split('|')
  if (/^ip-(src|dst)(\|port)?$/.test(type)) sink.address(first)
  else if (type === 'domain' || type === 'hostname' || type === 'hostname|port') sink.name(first)
  else if (type === 'domain|ip') {
    sink.name(first)
    sink.address(second)
  }
}
