/**
 * Keeps what blocking feeds hold on the deny list, by difference: what stays is not touched, what is new comes before what
 * has gone leaves. An entry that somebody made by hand is theirs: no feed replaces or removes it.
 */
import type { Logger } from 'pino'
import type { DesiredEntry, DesiredLists } from '../../fleet/desired-lists.ts'
import type { ListSync } from '../../fleet/list-sync.ts'

export interface FeedBlocks {
  /** What differs is brought to the agents; nothing is missed while that is going on. */
  update(): void
  /** Why the last update failed; empty: it did not. */
  readonly problem: string
  /** Resolves when nothing is left to do. */
  settled(): Promise<void>
}

export interface FeedBlocksDeps {
  /** Prefixes that are to be denied, with their feeds. */
  wanted(): Map<string, string>
  lists: Pick<DesiredLists, 'origins'>
  sync: Pick<ListSync, 'change'>
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Logger, 'info' | 'warn'>
}

/** Of the origin of an entry; the name of the feed follows. */
export const FEED_ORIGIN = 'feed '

export interface Difference {
  add: [prefix: string, feed: string][]
  remove: string[]
}

/** `there`: every prefix of the list and its origin. */
export const differenceOf = (
  wanted: ReadonlyMap<string, string>,
  there: ReadonlyMap<string, string>,
): Difference => {
  const add: Difference['add'] = []
  const remove: string[] = []
  for (const [prefix, feed] of wanted) {
    const origin = there.get(prefix)
    const isOurs = origin === undefined || origin.startsWith(FEED_ORIGIN)
    if (isOurs && origin !== FEED_ORIGIN + feed) add.push([prefix, feed])
  }
  for (const [prefix, origin] of there)
    if (origin.startsWith(FEED_ORIGIN) && !wanted.has(prefix)) remove.push(prefix)
  return { add, remove }
}

export const createFeedBlocks = ({ wanted, lists, sync, now, log }: FeedBlocksDeps): FeedBlocks => {
  let isAsked = false
  let running: Promise<void> | undefined
  let problem = ''

  const entryOf = ([prefix, feed]: [string, string]): DesiredEntry => ({
    ...{
      prefix,
      agent: '',
      reason: `on feed ${feed}`,
      origin: FEED_ORIGIN + feed,
      author: 'feeds',
    },
    ...{ createdAtMs: now(), expiresAtMs: 0 },
  })

  const bring = async (): Promise<void> => {
    const { add, remove } = differenceOf(wanted(), lists.origins('deny'))
    if (add.length + remove.length === 0) return
    const startedMs = performance.now()
    await sync.change('deny', { add: add.map(entryOf), remove })
    const ms = Math.round(performance.now() - startedMs)
    log.info({ added: add.length, removed: remove.length, ms }, 'feeds are in the deny list')
  }

  const run = async (): Promise<void> => {
    while (isAsked) {
      isAsked = false
      try {
        await bring()
        problem = ''
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error)
        log.warn({ problem }, 'feeds cannot be put in the deny list')
      }
    }
  }

  return {
    get problem() {
      return problem
    },
    update() {
      isAsked = true
      running ??= run().finally(() => (running = undefined))
    },
    settled: async () => {
      while (running) await running
    },
  }
}
