/** How unlike its usual self a device was in the last day: a bar for each five minutes with traffic. */
import { useCallback } from 'react'
import { fetchScores, type DeviceScore } from '../api/devices.ts'
import { formatDateTime } from '../format/time.ts'
import { usePolled } from './use-polled.ts'

const AGAIN_MS = 60_000
const WINDOW_MS = 300_000
const DAY_WINDOWS = 288
const HEIGHT = 36

export const ScoreChart = ({ id }: { id: string }) => {
  const ask = useCallback(() => fetchScores(id), [id])
  const { answer, error } = usePolled(id, ask, AGAIN_MS)
  return (
    <section>
      <h3>Unlike itself in the last day</h3>
      {error ? <p className='faint'>{error}</p> : null}
      {answer ? <Scores scores={answer.scores} /> : null}
    </section>
  )
}

/** By its own past, else by that of its class. */
const scoreOf = ({ score, class_score: ofClass }: DeviceScore): number | null => score ?? ofClass

const Scores = ({ scores }: { scores: DeviceScore[] }) => {
  const last = scores.at(-1)
  if (!last) return <p className='faint'>No whole five minutes of traffic have been seen yet.</p>
  const judged = scores.filter((of) => scoreOf(of) !== null)
  const unusual = scores.filter((of) => of.unusual).length
  return (
    <>
      {judged.length > 0 ? <Bars scores={judged} /> : null}
      <p className='faint'>{words(last, unusual)}</p>
    </>
  )
}

const words = (last: DeviceScore, unusual: number): string => {
  const value = scoreOf(last)
  const learning =
    last.score === null ? `still being learned: ${last.learned} of ${last.needed} windows` : ''
  const by = last.score === null && value !== null ? `by its class (${last.class})` : ''
  const now = value === null ? '' : `now ${value.toFixed(2)} of 1`
  const seen = value === null ? '' : `${unusual} unusual`
  return [now, by, seen, learning].filter(Boolean).join(' · ')
}

/** The newest at the right end. */
const Bars = ({ scores }: { scores: DeviceScore[] }) => {
  const end = Math.max(...scores.map(({ time }) => Date.parse(time))) + WINDOW_MS
  return (
    <svg
      className='device-area'
      viewBox={`0 0 ${DAY_WINDOWS} ${HEIGHT}`}
      preserveAspectRatio='none'
      role='img'
      aria-label={`Scores of ${scores.length} windows of five minutes`}
    >
      {scores.map((of) => {
        const value = scoreOf(of) ?? 0
        const at = DAY_WINDOWS - (end - Date.parse(of.time)) / WINDOW_MS
        const tall = value * HEIGHT
        return (
          <rect
            key={of.time + of.ip}
            className={of.unusual ? 'device-score-unusual' : 'device-score'}
            x={at.toFixed(1)}
            width='0.9'
            y={(HEIGHT - tall).toFixed(1)}
            height={tall.toFixed(1)}
          >
            <title>
              {`${formatDateTime(Date.parse(of.time)).slice(0, 16)} ${of.ip}: ${value.toFixed(3)}${of.unusual ? ', unusual' : ''}`}
            </title>
          </rect>
        )
      })}
    </svg>
  )
}
