/** The last line of a replay. */
import { isoMicros } from '@netscope/core/flow-record.ts'
import type { ReplaySummary } from '@netscope/core/replay.ts'
import type { CaptureTime } from './capture-time.ts'
import type { PacketAccount } from './packet-counter.ts'
import type { ProblemLog } from './problem-log.ts'

export const summarize = (
  files: readonly string[],
  account: PacketAccount,
  totals: { flows: number; bytes: number; alerts: number },
  time: CaptureTime,
  problems: ProblemLog,
): ReplaySummary => {
  const range = time.range()
  const { read, ...rest } = account
  return {
    type: 'summary',
    files: [...files],
    packets: read,
    ...rest,
    bytes: totals.bytes,
    flows: totals.flows,
    alerts: totals.alerts,
    ...(range && {
      firstSeen: isoMicros(time.wallOffsetMs(), range.firstNs),
      lastSeen: isoMicros(time.wallOffsetMs(), range.lastNs),
    }),
    durationMs: range ? (range.lastNs - range.firstNs) / 1e6 : 0,
    truncated: problems.truncated(),
    problems: problems.problems(),
  }
}
