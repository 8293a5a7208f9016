/** Threat intelligence in requests and answers. */
import { Type } from 'typebox'
import { orNull } from './or-null.ts'
import { FEED_FORMATS, FEED_KINDS } from '../intel/feeds/feed.ts'

const time = (description: string) => orNull<string>('string', { format: 'date-time', description })
const texts = (description: string) => Type.Array(Type.String(), { description })

const sourceSchema = Type.Object(
  {
    source: Type.String({ description: 'Name of the provider or feed.' }),
    title: Type.String(),
    kind: Type.Enum(['provider', 'feed']),
    state: Type.Enum(['known', 'unknown', 'not-asked', 'failed'], {
      description:
        'unknown: it was asked and knows nothing; not-asked and failed: `reasons` says why.',
    }),
    reasons: texts('In sentences.'),
    facts: Type.Array(Type.Object({ name: Type.String(), value: Type.String() })),
    weight: orNull<number>('number', { description: 'w, from 0 to 1; null: it does not count.' }),
    probability: orNull<number>('number', { description: 'p: how sure it is of harm.' }),
    trust: orNull<number>('number', { description: 't: how sure it is that everybody uses it.' }),
    decay: orNull<number>('number', { description: 'd: what is left at its age.' }),
    ageSeconds: orNull<number>('number', { description: 'Since it was seen doing harm.' }),
    at: time('When it was asked, or the feed came.'),
    freshUntil: time('It is not asked again before.'),
  },
  { title: 'IntelSource' },
)

export const lookUpSchema = Type.Object(
  {
    ip: Type.String(),
    risk: orNull<number>('number', {
      description: 'From 0 to 100; null: unknown, which is not 0.',
    }),
    arithmetic: Type.String({ description: 'How the risk comes about, in figures.' }),
    sources: Type.Array(sourceSchema),
    asked: texts('Providers that this request has asked.'),
    live: Type.Boolean({ description: 'Whether providers could be asked.' }),
    note: Type.String({ description: 'Why not; empty otherwise.' }),
  },
  { title: 'ThreatLookup' },
)

export const providerSchema = Type.Object(
  {
    name: Type.String(),
    title: Type.String(),
    enabled: Type.Boolean(),
    note: Type.String({ description: 'Why it is not asked now; empty: it is.' }),
    weight: Type.Number({ description: 'From 0 to 1.' }),
    ipv6: Type.Boolean(),
    host: Type.String({ description: 'Where it is reached.' }),
    quota: Type.Array(
      Type.Object({
        period: Type.Enum(['minute', 'day', 'month']),
        used: Type.Integer(),
        limit: Type.Integer({ description: '0: no bound.' }),
        resetsAt: Type.String({ format: 'date-time' }),
      }),
    ),
    circuit: Type.Object({
      state: Type.Enum(['closed', 'open', 'half-open'], {
        description: 'open: it failed often and is left alone; half-open: it is tried next.',
      }),
      failures: Type.Integer({ description: 'In a row.' }),
      until: time('When it is tried again.'),
      reason: Type.String({ description: 'Why it failed last.' }),
    }),
  },
  { title: 'IntelProvider' },
)

export const feedSchema = Type.Object(
  {
    name: Type.String(),
    url: Type.String({ description: 'Without what comes after a question mark.' }),
    format: Type.Enum([...FEED_FORMATS]),
    kind: Type.Enum([...FEED_KINDS]),
    weight: Type.Integer({ description: 'Percent.' }),
    everySeconds: Type.Integer(),
    block: Type.Boolean(),
    authKey: Type.String({ description: '`***` where there is one.' }),
    origin: Type.Enum(['api', 'file'], { description: 'file: read-only here.' }),
    author: Type.String({ description: 'Who added it, or the place in the file.' }),
    entries: Type.Integer({ description: 'Addresses and prefixes that are in use.' }),
    systems: Type.Integer({ description: 'Autonomous systems: they mark, and block nothing.' }),
    names: Type.Integer({ description: 'Domains: they mark, and block nothing.' }),
    subtracted: Type.Integer({ description: 'Entries of which something was taken out.' }),
    wrong: Type.Integer({ description: 'Entries that are no address.' }),
    tooMany: Type.Integer({ description: 'Entries beyond intel.feedMaxEntries.' }),
    checkedAt: time('When it was asked for last.'),
    fetchedAt: time('When it last came, or was unchanged.'),
    nextAt: time('When it is asked for next; null: only by hand.'),
    failures: Type.Integer({ description: 'Fetches in a row that failed.' }),
    error: Type.String({ description: 'Why the last one failed; the last good copy is in use.' }),
  },
  { title: 'Feed' },
)

export const feedDetailSchema = Type.Object(
  {
    feed: feedSchema,
    sample: texts('The first of its entries.'),
    subtracted: Type.Array(
      Type.Object({
        prefix: Type.String(),
        why: Type.String(),
        left: Type.Integer({ description: 'Prefixes that are left of it.' }),
      }),
      { description: 'Some of them.' },
    ),
    wrong: texts('Some of them.'),
  },
  { title: 'FeedDetail' },
)
