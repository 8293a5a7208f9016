/** How unlike its usual self a device was, over time. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { DeviceScore } from '@netscope/detect/anomaly/device-score.ts'
import { Type } from 'typebox'
import type { ScoreStore } from '../detect/score-store.ts'
import type { Devices } from '../devices/devices.ts'
import type { App } from './app-types.ts'
import { operation, STRICT } from './operation.ts'
import { orNull } from './or-null.ts'
import { readTimes, timeParam } from './time-range.ts'

const MAX_SCORES = 10_000
const DAY_MS = 86_400_000

const scoreSchema = Type.Object(
  {
    time: Type.String({ format: 'date-time', description: 'Beginning of five minutes.' }),
    ip: Type.String(),
    score: orNull<number>('number', {
      description:
        '0 to 1, by what the device has done before; above its `anomaly` threshold it is an alert. null: it is still being learned.',
    }),
    class_score: orNull<number>('number', {
      description: '0 to 1, by what devices of its class do; null: no class, or not learned.',
    }),
    class: Type.String(),
    learned: Type.Integer({ description: 'Ordinary windows learned of it.' }),
    needed: Type.Integer({ description: 'So many it takes for a score.' }),
    unusual: Type.Boolean({ description: 'It was told as a detection, and not learned.' }),
  },
  { title: 'DeviceScore' },
)

const GET = operation({
  operationId: 'getDeviceScores',
  tags: ['devices'],
  summary: 'How unlike its usual self a device was, for each five minutes with traffic.',
  description: `The newest ${MAX_SCORES}, oldest first.`,
  params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
  querystring: Type.Object(
    {
      from: timeParam(
        'ISO 8601, or that long ago as `-1h`; a day before `to` where it is missing.',
      ),
      to: timeParam('As `from`; now where it is missing.'),
    },
    STRICT,
  ),
  response: {
    200: Type.Object({ scores: Type.Array(scoreSchema) }, { title: 'DeviceScores' }),
  },
})

export interface ScoreRouteDeps {
  devices: Pick<Devices, 'find'>
  scores: Pick<ScoreStore, 'find'>
  /** Milliseconds since 1970. */
  wallClock(): number
}

const pointOf = (of: DeviceScore) => ({
  time: new Date(of.startMs).toISOString(),
  ip: of.address,
  score: of.score ?? null,
  class_score: of.classScore ?? null,
  class: of.deviceClass,
  learned: of.learned,
  needed: of.needed,
  unusual: of.isUnusual,
})

export const addScoreRoutes = (app: App, { devices, scores, wallClock }: ScoreRouteDeps): void => {
  app.get('/api/v1/devices/:id/scores', { schema: GET }, async ({ params, query }) => {
    const device = devices.find(params.id)
    if (!device) throw new NetscopeError('device.unknown', { id: params.id })
    const found = scores.find({
      agent: device.agent,
      addresses: [...device.addresses.keys()],
      ...readTimes(query, wallClock(), DAY_MS),
      limit: MAX_SCORES,
    })
    return { scores: found.map(pointOf) }
  })
}
