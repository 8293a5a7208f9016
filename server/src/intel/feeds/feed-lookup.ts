/** On which feeds an address or a name is: asked of every new flow, so answers are kept while nothing changes. */
import { encodePrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { Feed, Listing } from './feed.ts'
import type { FeedContent } from './read-feed.ts'

export interface FeedInUse {
  feed: Feed
  fetchedMs: number
  content: FeedContent
}

export interface FeedLookup {
  /** Empty: on none. What is no address is taken as a name. */
  listedOn(text: string): readonly Listing[]
  /** Something has changed. */
  forget(): void
}

const MAX_KEPT = 65_536
const NOWHERE: readonly Listing[] = []

/** `asnOf`: number of the system that an address belongs to; 0: not known. */
export const createFeedLookup = (
  inUse: () => Iterable<FeedInUse>,
  asnOf: (address: string) => number,
): FeedLookup => {
  let kept = new Map<string, readonly Listing[]>()
  const bytes = new Uint8Array(PREFIX_BYTES)
  const view = new DataView(bytes.buffer)

  const isName = (content: FeedContent, name: string): boolean => {
    if (content.names.size === 0) return false
    // A domain that is listed has its hosts listed with it.
    for (let rest = name; rest.includes('.'); rest = rest.slice(rest.indexOf('.') + 1))
      if (content.names.has(rest)) return true
    return false
  }

  const look = (text: string): readonly Listing[] => {
    const isAddress = encodePrefix(text, bytes, 0) === undefined
    if (isAddress && bytes[0] !== 128) return NOWHERE
    const name = text.toLowerCase().replace(/\.$/, '')
    const isOn = ({ content }: FeedInUse): boolean => {
      if (!isAddress) return isName(content, name)
      return (
        content.addresses.holds(view, 4) ||
        (content.asns.size > 0 && content.asns.has(asnOf(text) || -1))
      )
    }
    const found = [...inUse()].filter(isOn)
    if (found.length === 0) return NOWHERE
    return found.map(({ feed: { name: of, kind, weight }, fetchedMs }) => {
      return { feed: of, kind, weight, fetchedMs }
    })
  }

  return {
    listedOn(text) {
      const known = kept.get(text)
      if (known) return known
      const found = look(text)
      if (kept.size >= MAX_KEPT) kept = new Map()
      kept.set(text, found)
      return found
    },
    forget: () => void (kept = new Map()),
  }
}
