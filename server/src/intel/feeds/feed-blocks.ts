/**
 * Keeps what blocking feeds hold on the deny list, by difference: what stays is not touched, what is new comes before what
 * has gone leaves. An entry that somebody made by hand is theirs: no feed replaces or removes it; when it has gone, the
 * feed's comes.
 */
import type { ListGroup } from '@netscope/core/wire.ts'
import type { Logger } from 'pino'
import type { DesiredLists } from '../../fleet/desired-lists.ts'
import type { ListSync } from '../../fleet/list-sync.ts'

export interface FeedBlocks {
  /** What differs is brought to the agents; nothing is missed while that is going on. */
  update(): void
  /** Why the last update failed; empty: it did not. */
  readonly problem: string
  /** Resolves when nothing is left to do. */
  settled(): Promise<void>
  stop(): void
}

export interface FeedBlocksDeps {
  /** Prefixes that are to be denied, by their feed; of one that several hold the first counts. */
  wanted(): ReadonlyMap<string, readonly string[]>
  lists: Pick<DesiredLists, 'origins'>
  sync: Pick<ListSync, 'change'>
  log: Pick<Logger, 'info' | 'warn'>
}

/** Of the origin of an entry; the name of the feed follows. */
export const FEED_ORIGIN = 'feed '

export interface Difference {
  /** Prefixes by their feed. */
  add: Map<string, string[]>
  remove: string[]
  /** Prefixes that are wanted, but there as somebody else's. */
  theirs: number
}

/** After which an entry by hand may have expired. */
const LOOK_AGAIN_MS = 60_000

/** `there`: every prefix of the list, by its origin. */
export const differenceOf = (
  wanted: ReadonlyMap<string, readonly string[]>,
  there: ReadonlyMap<string, readonly string[]>,
): Difference => {
  /** What no feed has asked for so far. */
  const left = new Map<string, string>()
  for (const [origin, prefixes] of there) for (const prefix of prefixes) left.set(prefix, origin)
  const seen = wanted.size > 1 ? new Set<string>() : undefined
  const add: Difference['add'] = new Map()
  let theirs = 0
  for (const [feed, prefixes] of wanted) {
    const ours = FEED_ORIGIN + feed
    const fresh: string[] = []
    for (const prefix of prefixes) {
      if (seen?.has(prefix)) continue
      seen?.add(prefix)
      const origin = left.get(prefix)
      if (origin === undefined) fresh.push(prefix)
      else if (!origin.startsWith(FEED_ORIGIN)) theirs++
      else {
        left.delete(prefix)
        if (origin !== ours) fresh.push(prefix)
      }
    }
    if (fresh.length > 0) add.set(feed, fresh)
  }
  const remove = [...left].flatMap(([prefix, origin]) =>
    origin.startsWith(FEED_ORIGIN) ? [prefix] : [],
  )
  return { add, remove, theirs }
}

export const createFeedBlocks = ({ wanted, lists, sync, log }: FeedBlocksDeps): FeedBlocks => {
  let isAsked = false
  let running: Promise<void> | undefined
  let problem = ''
  let timer: NodeJS.Timeout | undefined

  const groupOf = ([feed, prefixes]: [string, string[]]): ListGroup => ({
    ...{ prefixes, reason: `on feed ${feed}`, origin: FEED_ORIGIN + feed, author: 'feeds' },
    expiresAtMs: 0,
  })

  const bring = async (): Promise<void> => {
    const startedMs = performance.now()
    const { add, remove, theirs } = differenceOf(wanted(), lists.origins('deny'))
    clearTimeout(timer)
    if (theirs > 0) timer = setTimeout(update, LOOK_AGAIN_MS).unref()
    const groups = [...add].map(groupOf)
    const added = groups.reduce((sum, { prefixes }) => sum + prefixes.length, 0)
    if (added + remove.length === 0) return
    await sync.change('deny', { add: groups, remove })
    const ms = Math.round(performance.now() - startedMs)
    log.info({ added, removed: remove.length, ms }, 'feeds are in the deny list')
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

  const update = (): void => {
    isAsked = true
    running ??= run().finally(() => (running = undefined))
  }

  return {
    get problem() {
      return problem
    },
    update,
    settled: async () => {
      while (running) await running
    },
    stop: () => clearTimeout(timer),
  }
}
