/** Threat intelligence, wired: feeds, providers, and what both say of an address. */
import { join } from 'node:path'
import type { IntelSection } from '@netscope/core/config/intel.ts'
import type { Logger } from 'pino'
import type { DesiredLists } from '../fleet/desired-lists.ts'
import type { ListSync } from '../fleet/list-sync.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import type { State } from '../state/open-state.ts'
import { createAnswerStore } from './answer-store.ts'
import { createAsker } from './asker.ts'
import type { Asker } from './asker.ts'
import { createFeedBlocks } from './feeds/feed-blocks.ts'
import type { FeedBlocks } from './feeds/feed-blocks.ts'
import { createFeedCopies } from './feeds/feed-copies.ts'
import { createFeedStore } from './feeds/feed-store.ts'
import type { Listing } from './feeds/feed.ts'
import { createFeeds } from './feeds/feeds.ts'
import type { Feeds } from './feeds/feeds.ts'
import { createLedger } from './ledger.ts'
import { createLookUps } from './look-ups.ts'
import type { LookUps } from './look-ups.ts'
import { protectedRanges } from './protected-ranges.ts'
import type { SiteAddresses } from './protected-ranges.ts'
import { usedProviders } from './provider-settings.ts'

export interface IntelDeps {
  state: State
  outgoing: Pick<Outgoing, 'request'>
  lists: Pick<DesiredLists, 'origins'>
  listSync: Pick<ListSync, 'change'>
  site: SiteAddresses & { isOurs(address: string): boolean }
  /** Number of the system that an address belongs to; 0: not known. */
  asnOf(address: string): number
  /** Milliseconds since 1970. */
  now(): number
  log: Logger
}

export interface Intel {
  readonly lookUps: LookUps
  readonly askers: readonly Asker[]
  readonly feeds: Feeds
  readonly blocks: FeedBlocks
  /** Feeds that an address or a name is on. */
  listedOn(addressOrName: string): readonly Listing[]
  isTorExit(address: string): boolean
  start(): void
  /** Resolves when the copies of the feeds are read. */
  ready(): Promise<void>
  stop(): void
}

const TRIM_MS = 3_600_000
const KEEP_MS = 30 * 86_400_000
const MAX_ANSWERS = 50_000

/** `storagePath`: folder of the server; copies of feeds are in `feeds` below it. */
export const createIntel = (
  config: IntelSection & { storagePath: string },
  deps: IntelDeps,
): Intel => {
  const { state, outgoing, now, log, site } = deps
  const answers = createAnswerStore(state)
  const ledger = createLedger(state, now)
  const askers = usedProviders(config).map((used) =>
    createAsker(used, config, { outgoing, ledger, answers, now, log }),
  )
  const feeds = createFeeds(config, {
    store: createFeedStore(state),
    copies: createFeedCopies(join(config.storagePath, 'feeds')),
    outgoing,
    protectedOnes: () => protectedRanges(site),
    asnOf: deps.asnOf,
    onChange: () => blocks.update(),
    now,
    log,
  })
  const blocks = createFeedBlocks({
    wanted: feeds.blocked,
    lists: deps.lists,
    sync: deps.listSync,
    log,
  })
  const { listedOn } = feeds
  const lookUps = createLookUps(config, { askers, answers, listedOn, isOurs: site.isOurs, now })
  const trim = () => answers.trim(now() - KEEP_MS, MAX_ANSWERS)
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> = Promise.resolve()

  return {
    ...{ lookUps, askers, feeds, blocks, listedOn },
    isTorExit: (address) => listedOn(address).some(({ kind }) => kind === 'tor'),
    start() {
      trim()
      timer = setInterval(trim, TRIM_MS).unref()
      reading = feeds.start().catch((err: unknown) => log.error({ err }, 'the feeds do not start'))
    },
    ready: () => reading,
    stop() {
      clearInterval(timer)
      feeds.stop()
      blocks.stop()
    },
  }
}
