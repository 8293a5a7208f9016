/** From the text of a feed to what is on it: prefixes without the protected ones, systems and names. */
import { decodePrefix, encodePrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { plainText } from '../json-fields.ts'
import { prefixesOf } from './address-forms.ts'
import { createAddressSet } from './address-set.ts'
import type { AddressSet } from './address-set.ts'
import type { FeedFormat } from './feed.ts'
import type { FeedSink } from './formats/feed-sink.ts'
import { PARSERS } from './formats/formats.ts'
import type { Subtractor } from './subtract.ts'

/** An entry of which something was taken out. */
export interface Subtracted {
  prefix: string
  /** What it touched. */
  why: string
  /** Prefixes that are left of it. */
  left: number
}

export interface FeedContent {
  addresses: AddressSet
  /** Canonical, each once. */
  prefixes: string[]
  asns: ReadonlySet<number>
  /** Small letters, without a dot at the end. */
  names: ReadonlySet<string>
  subtracted: number
  /** Some of them. */
  subtractedShown: Subtracted[]
  /** Entries that are none. */
  wrong: number
  wrongShown: string[]
  /** Entries beyond what fits. */
  tooMany: number
}

const MAX_SHOWN = 100
const MAX_WRONG_SHOWN = 10
/** Entries that are read before others get their turn: some 5 ms. */
const AT_ONCE = 4096
/** Bits: a mistake in a feed must not take a good part of the internet away. */
const WIDEST = { v4: 96 + 8, v6: 16 }
const NAME = /^[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_-]{1,63})+$/

interface Raw {
  addresses: string[]
  asns: Set<number>
  names: Set<string>
  tooMany: number
}

const readRaw = (
  text: string,
  format: FeedFormat,
  { most, nowMs }: ReadLimits,
): Raw | undefined => {
  const raw: Raw = { addresses: [], asns: new Set(), names: new Set(), tooMany: 0 }
  const take = (put: () => void): void => {
    if (raw.addresses.length + raw.asns.size + raw.names.size >= most) raw.tooMany++
    else put()
  }
  const sink: FeedSink = {
    address: (of) => take(() => void raw.addresses.push(of)),
    asn: (of) => take(() => void raw.asns.add(of)),
    name: (of) => take(() => void raw.names.add(of.toLowerCase().replace(/\.$/, ''))),
  }
  const isOfFormat = PARSERS[format](text, sink, nowMs)
  return isOfFormat ? raw : undefined
}

export interface ReadLimits {
  /** Entries that are taken. */
  most: number
  /** Milliseconds since 1970. */
  nowMs: number
}

/** undefined: the text is not of that format. */
export const readFeed = async (
  text: string,
  format: FeedFormat,
  subtractor: Subtractor,
  limits: ReadLimits,
): Promise<FeedContent | undefined> => {
  const raw = readRaw(text, format, limits)
  if (!raw) return undefined
  const names = [...raw.names].filter((name) => NAME.test(name) && name.length <= 253)
  const content: FeedContent = {
    ...{ addresses: createAddressSet(), prefixes: [], asns: raw.asns, names: new Set(names) },
    ...{ subtracted: 0, subtractedShown: [], wrong: raw.names.size - names.length },
    ...{ wrongShown: [], tooMany: raw.tooMany },
  }
  const bytes = new Uint8Array(PREFIX_BYTES)
  for (const [i, address] of raw.addresses.entries()) {
    takeAddress(address, bytes, content, subtractor)
    if (i % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve))
  }
  return content
}

const takeAddress = (
  text: string,
  bytes: Uint8Array,
  content: FeedContent,
  subtractor: Subtractor,
): void => {
  if (encodePrefix(text, bytes, 0) !== undefined) {
    const prefixes = prefixesOf(text)
    for (const prefix of prefixes) takeAddress(prefix, bytes, content, subtractor)
    if (prefixes.length > 0) return
    content.wrong++
    if (content.wrongShown.length < MAX_WRONG_SHOWN)
      content.wrongShown.push(plainText(text).slice(0, 60))
    return
  }
  const prefix = decodePrefix(bytes)
  const taken = subtractor.subtract(prefix)
  const isTooWide = prefix.length < (text.includes(':') ? WIDEST.v6 : WIDEST.v4)
  if (!taken && !isTooWide) {
    if (content.addresses.add(bytes, 0)) content.prefixes.push(prefix.text)
    return
  }
  const left = isTooWide || !taken ? [] : taken.left
  const reasons = [
    ...(isTooWide ? ['wider than a feed may be'] : []),
    ...(taken?.reasons.slice(0, 8) ?? []),
  ]
  content.subtracted++
  if (content.subtractedShown.length < MAX_SHOWN)
    content.subtractedShown.push({
      prefix: prefix.text,
      why: reasons.join(', '),
      left: left.length,
    })
  for (const piece of left) {
    bytes.fill(0)
    bytes[0] = piece.length
    bytes.set(piece.addr, 4)
    if (content.addresses.add(bytes, 0)) content.prefixes.push(piece.text)
  }
}
