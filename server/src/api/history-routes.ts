/** Flows out of the history: single ones, the heaviest keys of a field, amounts over time. */
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { withPlaces } from '../geo/flow-places.ts'
import type { Geo } from '../geo/geo.ts'
import { MEASURES } from '../store/flow-store.ts'
import type { FlowStore, GroupName, StoredFieldName } from '../store/flow-store.ts'
import type { App } from './app-types.ts'
import { flowSchema } from './flow-schema.ts'
import { operation, STRICT } from './operation.ts'
import { filterParam, readFilter } from './query-values.ts'
import { readTimes, timeParam } from './time-range.ts'

/** Time of `from` where it is missing, before `to`. */
const DEFAULT_RANGE_MS = 3_600_000
/** Steps of a series, by default and at most. */
const DEFAULT_STEPS = 120
const MAX_STEPS = 2000
const MAX_LINES = 50

const RANGE = {
  from: timeParam('ISO 8601, or that long ago as `-1h`; an hour before `to` where it is missing.'),
  to: timeParam(
    'As `from`; now where it is missing. Flows count at the time of their last packet.',
  ),
  filter: Type.Optional(filterParam),
}

const FIELDS = [...Object.keys(FLOW_FIELDS), 'agent'].filter((name) => name !== 'communityId')
const GROUPS = [...FIELDS, 'ip']

const measureParam = Type.Enum([...MEASURES], {
  default: 'bytes',
  description: 'What is summed up; `flows` are those that ended.',
})

const findQuery = Type.Object(
  {
    ...RANGE,
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
    cursor: Type.Optional(Type.String({ maxLength: 4096, description: '`nextCursor` before.' })),
    sort: Type.Enum([...FIELDS, ...FIELDS.map((name) => `-${name}`)], { default: '-lastSeen' }),
  },
  STRICT,
)

const topQuery = Type.Object(
  {
    ...RANGE,
    by: Type.Enum(GROUPS, { description: '`ip` counts a flow for both of its addresses.' }),
    measure: measureParam,
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 10 }),
  },
  STRICT,
)

const seriesQuery = Type.Object(
  {
    ...RANGE,
    step: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 2_678_400, description: 'Seconds; else 120 steps.' }),
    ),
    by: Type.Optional(Type.Enum(GROUPS)),
    measure: measureParam,
    limit: Type.Integer({ minimum: 1, maximum: MAX_LINES, default: 10 }),
  },
  STRICT,
)

const keySchema = Type.Union([Type.String(), Type.Number()])
const amount = Type.Number()

const LIST_STORED = operation({
  operationId: 'listStoredFlows',
  tags: ['flows'],
  summary: 'Flows of the history, a page at a time.',
  querystring: findQuery,
  response: {
    200: Type.Object(
      { flows: Type.Array(flowSchema), nextCursor: Type.Optional(Type.String()) },
      { title: 'StoredFlowPage' },
    ),
  },
})

const TOP_FLOWS = operation({
  operationId: 'topFlows',
  tags: ['flows'],
  summary: 'The heaviest keys of a field in the history.',
  querystring: topQuery,
  response: {
    200: Type.Object(
      {
        rows: Type.Array(
          Type.Object({
            key: keySchema,
            value: amount,
            bytes: amount,
            packets: amount,
            flows: amount,
          }),
        ),
      },
      { title: 'TopFlows' },
    ),
  },
})

const FLOW_SERIES = operation({
  operationId: 'flowSeries',
  tags: ['flows'],
  summary: 'Amounts over time in the history, of everything or of the heaviest keys of a field.',
  querystring: seriesQuery,
  response: {
    200: Type.Object(
      {
        startMs: Type.Number({ description: 'Start of the first step.' }),
        stepMs: Type.Number(),
        lines: Type.Array(
          Type.Object({
            key: Type.Optional(keySchema),
            values: Type.Array(amount),
          }),
          { description: 'Without a key: everything, or with `by` all other keys.' },
        ),
      },
      { title: 'FlowSeries' },
    ),
  },
})

export interface HistoryRouteDeps {
  history: FlowStore
  geo: Pick<Geo, 'find'>
  /** Milliseconds since 1970. */
  wallClock(): number
}

type RangeParams = Pick<Static<typeof findQuery>, 'from' | 'to' | 'filter'>

const readRange = ({ filter, ...times }: RangeParams, nowMs: number) => ({
  ...readTimes(times, nowMs, DEFAULT_RANGE_MS),
  ...(filter !== undefined && { query: readFilter(filter) }),
})

const readStep = (step: number | undefined, fromMs: number, toMs: number): number => {
  const seconds = Math.max(1, (toMs - fromMs) / 1000)
  if (step === undefined) return Math.ceil(seconds / DEFAULT_STEPS) * 1000
  if (seconds / step <= MAX_STEPS) return step * 1000
  throw new NetscopeError('query.invalid', {
    name: 'step',
    reason: 'that is too many steps.',
    allowed: `from ${Math.ceil(seconds / MAX_STEPS)} s on for this range`,
  })
}

export const addHistoryRoutes = (app: App, { history, geo, wallClock }: HistoryRouteDeps): void => {
  app.get('/api/v1/flows/stored', { schema: LIST_STORED }, async ({ query }) => {
    const { limit, cursor, sort } = query
    const isDescending = sort.startsWith('-')
    const page = await history.find({
      ...readRange(query, wallClock()),
      limit,
      ...(cursor !== undefined && { cursor }),
      sort: (isDescending ? sort.slice(1) : sort) as StoredFieldName,
      order: isDescending ? 'desc' : 'asc',
    })
    return { ...page, flows: page.flows.map((flow) => withPlaces({ ...flow, stale: false }, geo)) }
  })

  app.get('/api/v1/flows/top', { schema: TOP_FLOWS }, async ({ query }) => {
    const { by, measure, limit } = query
    return history.top({ ...readRange(query, wallClock()), by: by as GroupName, measure, limit })
  })

  app.get('/api/v1/flows/series', { schema: FLOW_SERIES }, async ({ query }) => {
    const { by, measure, limit, step } = query
    const range = readRange(query, wallClock())
    const stepMs = readStep(step, range.fromMs, range.toMs)
    const group = by === undefined ? {} : { by: by as GroupName }
    return history.series({ ...range, ...group, stepMs, measure, limit })
  })
}
