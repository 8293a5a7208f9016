/** Feeds: list, detail, add, change, remove, fetch now. */
import { Type } from 'typebox'
import type { Audit } from '../auth/audit.ts'
import { feedBody, feedChangeBody } from '../intel/feeds/feed-settings.ts'
import type { FeedSettings } from '../intel/feeds/feed.ts'
import type { FeedStatus } from '../intel/feeds/feeds.ts'
import { PRESETS } from '../intel/feeds/presets.ts'
import type { Intel } from '../intel/intel.ts'
import type { App } from './app-types.ts'
import { feedDetailSchema, feedSchema } from './intel-schema.ts'
import { operation } from './operation.ts'

const nameParams = Type.Object({ name: Type.String({ maxLength: 64 }) })

const LIST = operation({
  operationId: 'listFeeds',
  tags: ['intel'],
  summary: 'All feeds with what is on them and how the last fetch went.',
  response: {
    200: Type.Object({
      feeds: Type.Array(feedSchema),
      known: Type.Array(Type.String(), { description: 'Feeds that a name is enough to add.' }),
      fileProblems: Type.Array(Type.String(), {
        description: 'What is wrong with intel.feedsFile: then none of its feeds is used.',
      }),
      blockProblem: Type.String({
        description: 'Why the deny list does not hold what blocking feeds hold; empty: it does.',
      }),
    }),
  },
})
const GET = operation({
  operationId: 'getFeed',
  tags: ['intel'],
  summary: 'A feed with some of its entries, and of what was taken out of it.',
  params: nameParams,
  response: { 200: feedDetailSchema },
})
const ADD = operation({
  operationId: 'addFeed',
  tags: ['intel'],
  summary: 'Adds a feed and fetches it.',
  description: 'Of a known feed the name is enough; what is given goes before what is known.',
  body: feedBody,
  response: { 201: feedSchema },
})
const CHANGE = operation({
  operationId: 'changeFeed',
  tags: ['intel'],
  summary: 'Changes settings of a feed, such as whether it blocks.',
  params: nameParams,
  body: feedChangeBody,
  response: { 200: feedSchema },
})
const REMOVE = operation({
  operationId: 'removeFeed',
  tags: ['intel'],
  summary: 'Removes a feed, and from the deny list what only it held.',
  params: nameParams,
  response: { 204: Type.Null() },
})
const REFRESH = operation({
  operationId: 'refreshFeed',
  tags: ['intel'],
  summary: 'Fetches a feed now; answers when it has come, or with `error` why not.',
  params: nameParams,
  response: { 200: feedSchema },
})

export interface FeedRouteDeps {
  intel: Pick<Intel, 'feeds' | 'blocks'>
  auth: { audit: Audit }
}

const SAMPLE = 20

export const addFeedRoutes = (app: App, { intel, auth }: FeedRouteDeps): void => {
  const { feeds } = intel

  app.get('/api/v1/feeds', { schema: LIST }, async () => ({
    feeds: feeds.all().map(shown),
    known: PRESETS.map(({ name }) => name),
    fileProblems: [...feeds.fileProblems()],
    blockProblem: intel.blocks.problem,
  }))

  app.get('/api/v1/feeds/:name', { schema: GET }, async ({ params }) => {
    const status = feeds.find(params.name)
    return {
      feed: shown(status),
      sample: status.content?.prefixes.slice(0, SAMPLE) ?? [],
      subtracted: status.content?.subtractedShown ?? [],
      wrong: status.content?.wrongShown ?? [],
    }
  })

  app.post('/api/v1/feeds', { schema: ADD }, async (request, reply) => {
    const { body, principal, ip: from } = request
    const status = feeds.add(body, principal.name)
    const after = audited(status.feed)
    auth.audit.record({ principal, action: 'feed.add', target: body.name, after, from })
    return reply.code(201).send(shown(status))
  })

  app.patch('/api/v1/feeds/:name', { schema: CHANGE }, async (request) => {
    const { params, body, principal, ip: from } = request
    const before = audited(feeds.find(params.name).feed)
    const status = feeds.change(params.name, body)
    const after = audited(status.feed)
    const { name: target } = params
    auth.audit.record({ principal, action: 'feed.change', target, before, after, from })
    return shown(status)
  })

  app.delete('/api/v1/feeds/:name', { schema: REMOVE }, async (request, reply) => {
    const { params, principal, ip: from } = request
    const before = audited(feeds.remove(params.name).feed)
    auth.audit.record({ principal, action: 'feed.remove', target: params.name, before, from })
    return reply.code(204).send(null)
  })

  app.post('/api/v1/feeds/:name/refresh', { schema: REFRESH }, async (request) => {
    const { params, principal, ip: from } = request
    const status = await feeds.refresh(params.name)
    const after = { error: status.state.error }
    auth.audit.record({ principal, action: 'feed.refresh', target: params.name, after, from })
    return shown(status)
  })
}

const isoOf = (ms: number): string | null => (ms === 0 ? null : new Date(ms).toISOString())

/** A query may hold a key. */
const withoutQuery = (url: string): string => url.split('?')[0] ?? ''

const audited = ({
  name,
  url,
  format,
  kind,
  weight,
  everySeconds,
  block,
  authKey,
}: FeedSettings) => ({
  ...{ name, url: withoutQuery(url), format, kind, weight, everySeconds, block },
  authKey: authKey === '' ? '' : '***',
})

const shown = ({ feed, state, nextMs, content }: FeedStatus) => ({
  ...audited(feed),
  ...{ origin: feed.origin, author: feed.author },
  entries: content?.prefixes.length ?? 0,
  systems: content?.asns.size ?? 0,
  names: content?.names.size ?? 0,
  subtracted: content?.subtracted ?? 0,
  wrong: content?.wrong ?? 0,
  tooMany: content?.tooMany ?? 0,
  checkedAt: isoOf(state.checkedMs),
  fetchedAt: isoOf(state.fetchedMs),
  nextAt: isoOf(nextMs),
  failures: state.failures,
  error: state.error,
})
