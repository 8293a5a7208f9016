/** What went wrong with the files of a replay, and whether anything could be read. */
import type { ReplayProblem } from '@netscope/core/replay.ts'
import { isSupported, linkTypeName, supportedLinkTypes } from '../pcap/link-type.ts'
import type { CaptureFile } from '../pcap/read-capture.ts'

/** Problems kept: a hostile list of files must not fill memory. */
const MAX_PROBLEMS = 1000

export interface ProblemLog {
  /** A record of the file that is read now can't be read. */
  badRecord(cause: string): void
  endOfFile(file: string, capture: CaptureFile): void
  /** Somebody stopped the replay while it read the file. */
  stopped(file: string): void
  /** Something within NetScope. */
  fault(files: readonly string[], cause: string): void
  implausibleTimes(files: readonly string[], packets: number): void
  problems(): ReplayProblem[]
  /** Whether a file could not be read to its end. */
  truncated(): boolean
  /** Whether at least one file is a capture with a link type that we read. */
  readable(): boolean
}

export const createProblemLog = (): ProblemLog => {
  const problems: ReplayProblem[] = []
  const badRecords = new Map<string, number>()
  let [truncated, readable] = [false, false]
  const add = (problem: ReplayProblem): void => {
    if (problems.length < MAX_PROBLEMS) problems.push(problem)
  }

  const endOfFile = (file: string, capture: CaptureFile): void => {
    for (const [cause, count] of badRecords)
      add({ file, cause: count === 1 ? cause : `${count} times ${cause}` })
    badRecords.clear()
    const linkTypes = new Set(capture.interfaces().map((face) => face.linkType))
    const unreadable = [...linkTypes].filter((linkType) => !isSupported(linkType))
    if (unreadable.length > 0) add({ file, cause: unsupported(unreadable) })
    const problem = capture.problem()
    if (problem) add(problem)
    truncated ||= problem !== undefined
    readable ||=
      linkTypes.size > unreadable.length || (linkTypes.size === 0 && problem === undefined)
  }

  return {
    badRecord: (cause) => {
      // Interface numbers in the causes make them many.
      const key =
        badRecords.has(cause) || badRecords.size < 100 ? cause : "other records that can't be read"
      badRecords.set(key, (badRecords.get(key) ?? 0) + 1)
    },
    endOfFile,
    stopped: (file) => {
      truncated = true
      add({ file, cause: 'stopped before its end' })
    },
    fault: (files, cause) => add({ file: files.join(', '), cause }),
    implausibleTimes: (files, packets) => {
      if (packets > 0)
        add({ file: files.join(', '), cause: `${packets} packets have an implausible time` })
    },
    problems: () => problems,
    truncated: () => truncated,
    readable: () => readable,
  }
}

const MAX_NAMED = 5

const unsupported = (linkTypes: readonly number[]): string => {
  const named = linkTypes.slice(0, MAX_NAMED).map(linkTypeName).join(', ')
  const more = linkTypes.length > MAX_NAMED ? ` and ${linkTypes.length - MAX_NAMED} more` : ''
  return `link type ${named}${more} can't be read; those that can: ${supportedLinkTypes()}`
}
