/** When a channel is told: of what, how soon, how often, and when not. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { QUERY_LIMITS } from '@netscope/core/query/query.ts'
import type { RecordTest } from '@netscope/core/query/predicate.ts'
import { firstDestinationKind } from '@netscope/detect/c2/first-destination.ts'
import { SEVERITY_LABELS } from '@netscope/detect/detection.ts'
import { behaviourChangeKind } from '@netscope/detect/novelty/behaviour-change.ts'
import { newDeviceKind } from '@netscope/detect/novelty/new-device.ts'
import { newServiceKind } from '@netscope/detect/novelty/new-service.ts'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { alertTest, parseAlertQuery } from '../alerts/alert-query.ts'
import type { AlertRow, KeptAlert } from '../alerts/alert-row.ts'
import { readFilterBy } from '../api/query-values.ts'
import { rankOf } from './notice.ts'
import { TIME_OF_DAY } from '../declared/pattern-words.ts'

const STRICT = { additionalProperties: false } as const
const clock = (description: string) => Type.String({ pattern: TIME_OF_DAY, description })

export const rulesSchema = Type.Object(
  {
    minSeverity: Type.Enum([...SEVERITY_LABELS], {
      default: 'medium',
      description: 'At least as severe.',
    }),
    filter: Type.String({
      default: '',
      maxLength: QUERY_LIMITS.length,
      description: 'What alerts must be, in the language of docs/reference/query.md; empty: all.',
    }),
    newThings: Type.Boolean({
      default: false,
      description: 'Also what is merely new: devices, services, destinations, behaviour.',
    }),
    groupSeconds: Type.Integer({
      ...{ default: 30, minimum: 0, maximum: 3600 },
      description:
        'So long more alerts are waited for, to tell of them together; 5 s for critical.',
    }),
    dailyBudget: Type.Integer({
      ...{ default: 50, minimum: 1, maximum: 100_000 },
      description: 'Messages a day; the rest comes together in one the next day, but for critical.',
    }),
    quietHours: Type.Unsafe<{ from: string; to: string } | null>({
      ...Type.Object(
        { from: clock('Such as 22:00.'), to: clock('Such as 07:00, the next day if earlier.') },
        { ...STRICT, default: null },
      ),
      type: ['object', 'null'],
      description: 'Then nothing is told but what is critical; the rest comes together afterwards.',
    }),
    timeZone: Type.String({
      ...{ default: 'UTC', maxLength: 64 },
      description: 'Of quiet hours and of days, as Europe/Berlin.',
    }),
  },
  STRICT,
)
/** Some of them: what is not given stays, so there are no defaults. */
export const someRulesSchema = Type.Partial(
  Type.Object(
    Object.fromEntries(
      Object.entries(rulesSchema.properties).map(([name, schema]) => [
        name,
        { ...schema, default: undefined },
      ]),
    ) as unknown as typeof rulesSchema.properties,
    STRICT,
  ),
)
export type ChannelRules = Static<typeof rulesSchema>

export const DEFAULT_RULES: ChannelRules = {
  ...{ minSeverity: 'medium', filter: '', newThings: false, groupSeconds: 30 },
  ...{ dailyBudget: 50, quietHours: null, timeZone: 'UTC' },
}

const NEW_THINGS: ReadonlySet<string> = new Set(
  [newDeviceKind, newServiceKind, behaviourChangeKind, firstDestinationKind].map(
    ({ name }) => name,
  ),
)

/** Throws `channel.invalid`, or `query.filter`. */
export const checkRules = ({ filter, timeZone, quietHours }: ChannelRules): void => {
  if (filter) readFilterBy(parseAlertQuery, filter)
  try {
    Intl.DateTimeFormat('en', { timeZone })
  } catch {
    const reason = `timeZone ${JSON.stringify(timeZone)} is none; write one such as Europe/Berlin`
    throw new NetscopeError('channel.invalid', { reason })
  }
  if (quietHours && quietHours.from === quietHours.to)
    throw new NetscopeError('channel.invalid', { reason: 'quietHours begin when they end' })
}

/** Whether a channel with these rules is told of an alert. `now`: milliseconds since 1970. */
export const wantedBy = (rules: ChannelRules, now: () => number): RecordTest<AlertRow> => {
  const parsed = rules.filter ? parseAlertQuery(rules.filter) : undefined
  const test: RecordTest<KeptAlert> = parsed?.ok ? alertTest(parsed.query, now) : () => !parsed
  const least = rankOf(rules.minSeverity)
  return (row) =>
    rankOf(row.label) >= least &&
    (rules.newThings || !NEW_THINGS.has(row.detector)) &&
    test(row as unknown as KeptAlert)
}
