/** The feeds: those of the API and of the file, fetched on schedule, each with its last good copy. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Logger } from 'pino'
import { explained } from '../../outgoing/explained.ts'
import type { Outgoing } from '../../outgoing/outgoing.ts'
import { plainText } from '../json-fields.ts'
import type { FeedCopies } from './feed-copies.ts'
import type { FeedBody, FeedChange } from './feed-settings.ts'
import { requireUrl, settingsOf } from './feed-settings.ts'
import { readFeedsFile } from './feed-file.ts'
import type { FeedStore } from './feed-store.ts'
import { createFeedLookup } from './feed-lookup.ts'
import type { FeedInUse } from './feed-lookup.ts'
import { FRESH } from './feed.ts'
import type { Feed, FeedState, Listing } from './feed.ts'
import { FeedPause, fetchFeed } from './fetch-feed.ts'
import { readFeed } from './read-feed.ts'
import type { FeedContent } from './read-feed.ts'
import { createSubtractor } from './subtract.ts'
import type { Protected } from './subtract.ts'

export interface FeedsConfig {
  /** YAML file with feeds; empty: none. */
  feedsFile: string
  feedMaxMegabytes: number
  feedMaxEntries: number
  fetchFeeds: boolean
}

export interface FeedsDeps {
  store: FeedStore
  copies: FeedCopies
  outgoing: Pick<Outgoing, 'request'>
  /** Addresses that no feed may hold. */
  protectedOnes(): readonly Protected[]
  asnOf(address: string): number
  /** What is on feeds, or which of them block, has changed. */
  onChange(): void
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Logger, 'info' | 'warn'>
}

/** A feed and how it is. */
export interface FeedStatus {
  feed: Feed
  state: FeedState
  /** When it is fetched next, milliseconds since 1970; 0: not by itself. */
  nextMs: number
  content: FeedContent | undefined
}

export interface Feeds {
  all(): FeedStatus[]
  /** Throws `feed.unknown`. */
  find(name: string): FeedStatus
  /** What is wrong with the file; of a file with problems nothing is used. */
  fileProblems(): readonly string[]
  /** Throws `feed.invalid`, `feed.exists` or `feed.too-many`. */
  add(body: FeedBody, author: string): FeedStatus
  /** Throws `feed.unknown`, `feed.read-only` or `feed.invalid`. */
  change(name: string, change: FeedChange): FeedStatus
  /** Throws `feed.unknown` or `feed.read-only`. */
  remove(name: string): FeedStatus
  /** Fetches it now; how that went is in its state. Throws `feed.unknown`. */
  refresh(name: string): Promise<FeedStatus>
  listedOn(addressOrName: string): readonly Listing[]
  /** Prefixes that are to be blocked, by the feed that they are of. */
  blocked(): Map<string, readonly string[]>
  /** Reads the file and the copies, then begins to fetch. */
  start(): Promise<void>
  stop(): void
}

const MAX_FEEDS = 64
const TICK_MS = 10_000
const FIRST_RETRY_MS = 300_000
const MEGABYTE = 1_048_576
/** A list of so many that comes back with less than half is told of: it may have been cut. */
const LEAST_SHRUNK = 100

export const createFeeds = (config: FeedsConfig, deps: FeedsDeps): Feeds => {
  const { store, copies, now, log } = deps
  const feeds = new Map<string, Feed>()
  const contents = new Map<string, FeedContent>()
  const running = new Map<string, Promise<void>>()
  let problems: readonly string[] = []
  let protection = ''
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  function* inUse(): Generator<FeedInUse> {
    for (const [name, content] of contents) {
      const feed = feeds.get(name)
      if (feed) yield { feed, content, fetchedMs: store.state(name).fetchedMs }
    }
  }
  const used: FeedInUse[] = []
  const lookup = createFeedLookup(() => used, deps.asnOf)
  const changed = (): void => {
    used.splice(0, used.length, ...inUse())
    lookup.forget()
    deps.onChange()
  }

  const nextOf = (feed: Feed, { checkedMs, failures, notBeforeMs }: FeedState): number => {
    if (!config.fetchFeeds) return 0
    const every = feed.everySeconds * 1000
    const wait = failures > 0 ? Math.min(every, FIRST_RETRY_MS * 2 ** (failures - 1)) : every
    return checkedMs === 0 ? now() : Math.max(checkedMs + wait, notBeforeMs)
  }

  const statusOf = (feed: Feed): FeedStatus => {
    const state = store.state(feed.name)
    return { feed, state, nextMs: nextOf(feed, state), content: contents.get(feed.name) }
  }
  const find = (name: string): FeedStatus => {
    const feed = feeds.get(name)
    if (!feed) throw new NetscopeError('feed.unknown', { name })
    return statusOf(feed)
  }

  /** What is on it; throws where it is not of that format. */
  const read = async (feed: Feed, text: string): Promise<FeedContent> => {
    let others = 0
    for (const [name, { prefixes, asns, names }] of contents)
      if (name !== feed.name) others += prefixes.length + asns.size + names.size
    const limits = { most: Math.max(0, config.feedMaxEntries - others), nowMs: now() }
    const content = await readFeed(
      text,
      feed.format,
      createSubtractor(deps.protectedOnes()),
      limits,
    )
    if (!content) throw new Error(`what came is not of the format ${feed.format}`)
    const { prefixes, asns, names, subtracted, wrong } = content
    if (wrong > 0 && prefixes.length + asns.size + names.size + subtracted === 0)
      throw new Error(`none of its ${wrong} entries is an address: is the format ${feed.format}?`)
    return content
  }

  const fetchOne = async (feed: Feed): Promise<void> => {
    const before = store.state(feed.name)
    const base = { ...before, checkedMs: now(), notBeforeMs: 0 }
    try {
      const known = contents.has(feed.name) ? before : FRESH
      const maxBytes = config.feedMaxMegabytes * MEGABYTE
      const { outgoing } = deps
      const fetched = await fetchFeed(feed, known, { outgoing, maxBytes, nowMs: now() })
      if (feeds.get(feed.name) !== feed || isStopped) return
      const good = { ...base, fetchedMs: now(), failures: 0, error: '' }
      if (fetched.kind === 'unchanged' && known === FRESH)
        throw new Error('it answered 304, though there is no copy of it')
      if (fetched.kind === 'unchanged') return store.putState(feed.name, good)
      const { text, etag, lastModified } = fetched
      const content = await read(feed, text)
      await copies.write(feed.name, text)
      if (feeds.get(feed.name) !== feed || isStopped) return
      const had = contents.get(feed.name)?.prefixes.length ?? 0
      if (had >= LEAST_SHRUNK && content.prefixes.length < had / 2)
        log.warn({ feed: feed.name, had, has: content.prefixes.length }, 'a feed has shrunk')
      contents.set(feed.name, content)
      store.putState(feed.name, { ...good, etag, lastModified })
      log.info({ feed: feed.name, entries: content.prefixes.length }, 'a feed has come')
      changed()
    } catch (error) {
      const reason = plainText(explained(error))
      if (feeds.get(feed.name) !== feed || isStopped) return
      if (before.error !== reason) log.warn({ feed: feed.name, reason }, 'a feed did not come')
      const notBeforeMs = error instanceof FeedPause ? now() + error.ms : 0
      const failures = before.failures + 1
      store.putState(feed.name, { ...base, failures, error: reason, notBeforeMs })
    }
  }

  /** Whoever asks while it is on its way waits for the same. */
  const fetchOnce = (feed: Feed): Promise<void> => {
    const going = running.get(feed.name)
    if (going) return going
    const work = fetchOne(feed).finally(() => running.delete(feed.name))
    running.set(feed.name, work)
    return work
  }

  const readCopy = async (feed: Feed): Promise<void> => {
    const text = await copies.read(feed.name)
    if (text === undefined) return
    try {
      contents.set(feed.name, await read(feed, text))
    } catch (error) {
      log.warn({ feed: feed.name, reason: (error as Error).message }, 'the copy of a feed is wrong')
    }
  }

  const readCopies = async (): Promise<void> => {
    protection = protectionNow()
    for (const feed of [...feeds.values()]) await readCopy(feed)
    changed()
  }
  const protectionNow = () =>
    deps
      .protectedOnes()
      .map(({ prefix }) => prefix.text)
      .join(' ')

  const tick = async (): Promise<void> => {
    // An address that became ours since then is taken out of all.
    if (protectionNow() !== protection) await readCopies()
    if (!config.fetchFeeds) return
    for (const feed of [...feeds.values()])
      if (nextOf(feed, store.state(feed.name)) <= now()) await fetchOnce(feed)
  }
  const schedule = (): void => {
    timer = setTimeout(() => {
      tick()
        .catch((err: unknown) => log.warn({ err }, 'the feeds cannot be looked after'))
        .finally(() => !isStopped && schedule())
    }, TICK_MS).unref()
  }

  const takeFile = async (): Promise<void> => {
    if (config.feedsFile === '') return
    const file = await readFeedsFile(config.feedsFile)
    problems = file.problems
    for (const problem of problems)
      log.warn({ problem }, 'intel.feedsFile is wrong: no feed of it is used')
    for (const feed of file.feeds) feeds.set(feed.name, feed)
  }

  const requireChangeable = ({ feed: { name, origin, author } }: FeedStatus): void => {
    if (origin === 'file') throw new NetscopeError('feed.read-only', { name, place: author })
  }

  return {
    all: () =>
      [...feeds.values()].map(statusOf).toSorted((a, b) => (a.feed.name < b.feed.name ? -1 : 1)),
    find,
    fileProblems: () => problems,
    add(body, author) {
      const settings = settingsOf(body)
      if (feeds.has(settings.name)) throw new NetscopeError('feed.exists', { name: settings.name })
      if (feeds.size >= MAX_FEEDS) throw new NetscopeError('feed.too-many', { limit: MAX_FEEDS })
      const feed: Feed = { ...settings, origin: 'api', author, createdAtMs: now() }
      store.put(feed)
      feeds.set(feed.name, feed)
      if (config.fetchFeeds) void fetchOnce(feed)
      return statusOf(feed)
    },
    change(name, change) {
      const before = find(name)
      requireChangeable(before)
      const feed: Feed = { ...before.feed, ...change }
      requireUrl(feed)
      store.put(feed)
      feeds.set(name, feed)
      const isOther = feed.url !== before.feed.url || feed.format !== before.feed.format
      if (isOther) store.putState(name, FRESH)
      changed()
      return statusOf(feed)
    },
    remove(name) {
      const status = find(name)
      requireChangeable(status)
      feeds.delete(name)
      contents.delete(name)
      store.remove(name)
      copies.remove(name).catch((err: unknown) => log.warn({ err }, 'a copy cannot be removed'))
      changed()
      return status
    },
    async refresh(name) {
      await fetchOnce(find(name).feed)
      return find(name)
    },
    listedOn: lookup.listedOn,
    blocked: () =>
      new Map(
        used
          .filter(({ feed }) => feed.block)
          .map(({ feed: { name }, content: { prefixes } }) => [name, prefixes]),
      ),
    async start() {
      for (const feed of store.feeds()) feeds.set(feed.name, feed)
      await takeFile()
      await readCopies()
      schedule()
      if (config.fetchFeeds) void tick().catch((err: unknown) => log.warn({ err }, 'feeds'))
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
