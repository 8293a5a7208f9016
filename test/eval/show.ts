/** The tables of an evaluation, as Markdown that is aligned for a terminal. */
import type { Outcome } from './evaluate.ts'
import type { KindScore, Score } from './score.ts'

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`
  return [
    line(head),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...rows.map(line),
  ].join('\n')
}

/** One row for each capture. */
export const showOutcomes = (outcomes: readonly Outcome[]): string =>
  table(
    ['capture', 'known', 'result', 'after', 'detections'],
    outcomes.map((outcome) => {
      const { truth, right, other, secondsToDetect } = outcome
      return [
        truth.file,
        truth.expect === 'alert' ? `alert: ${truth.kind || 'any'}` : truth.expect,
        verdictOf(outcome),
        secondsToDetect === undefined ? '' : `${secondsToDetect.toFixed(1)} s`,
        [
          ...right.map(({ detector }) => detector),
          ...other.map(({ detector }) => `(${detector})`),
        ].join(', '),
      ]
    }),
  )

const verdictOf = ({ truth, right, other, problem }: Outcome): string => {
  if (problem !== undefined) return `not read: ${problem}`
  if (truth.expect === 'alert') {
    if (right.length === 0) return 'MISSED'
    if (right.length > 1) return `found ${right.length} TIMES`
    return other.length > 0 ? 'found, and more' : 'found'
  }
  if (other.length === 0) return 'silent'
  return truth.expect === 'silence' ? 'FALSE ALERT' : 'detections'
}

/** One row for each kind, then what should not be. */
export const showScore = (score: Score): string => {
  const row = (kind: KindScore): string[] => [
    kind.kind || 'any',
    `${kind.found} of ${kind.attacks}`,
    `${kind.recallPercent} %`,
    String(kind.perIncident),
    `${kind.medianSeconds} s`,
    `${kind.slowestSeconds} s`,
  ]
  return [
    table(
      ['kind', 'found', 'recall', 'detections per incident', 'median time', 'slowest'],
      [...score.kinds, score.all].map(row),
    ),
    '',
    `False alerts in ${score.silent} captures that must be silent: ${score.falseAlerts}. ` +
      `Other detections beside attacks: ${score.besideAttacks}; ` +
      `in captures of which nothing is stated: ${score.inUnstated}. Captures that could not be read: ${score.problems}.`,
  ].join('\n')
}
