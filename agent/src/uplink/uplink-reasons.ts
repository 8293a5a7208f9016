/** Why records of ended flows may be lost or late, in words for people. */
import { parseJsonPayload } from '@netscope/core/frame.ts'
import type { SpoolCounts } from '../spool/spool.ts'

export const reasonsOf = (
  /** Why the server does not take us; '' when it does. */
  refusal: string,
  /** Why the disk takes nothing; '' when it does. */
  diskProblem: string,
  path: string,
  { lostRecords, damagedFiles }: Pick<SpoolCounts, 'damagedFiles'> & { lostRecords: number },
): string[] => [
  ...(refusal === '' ? [] : [refusal]),
  ...(diskProblem === ''
    ? []
    : [
        `The spool in ${path} takes nothing (${diskProblem}): records of ended flows wait in memory only.`,
      ]),
  ...(lostRecords === 0
    ? []
    : [
        `${lostRecords} records of ended flows were given up: the server was away for longer than uplink.spoolMaxBytes lasts.`,
      ]),
  ...(damagedFiles === 0
    ? []
    : [`${damagedFiles} files of the spool were damaged; what was behind the damage is lost.`]),
]

const MAX_TEXT = 500

/** What the server says when it refuses us, unchecked JSON. */
export const refusalOf = (payload: Uint8Array): { message: string; remedy: string } => {
  const given = parseJsonPayload(payload) as Record<string, unknown> | undefined
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, MAX_TEXT) : '')
  return { message: text(given?.['message']), remedy: text(given?.['remedy']) }
}
