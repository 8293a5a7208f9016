/** Events that wait for a sink, in their order, bounded in bytes; flows leave room for alerts. */
import type { Exported, ExportLine } from './export-line.ts'

export interface LineQueue {
  readonly size: number
  readonly bytes: number
  /** False: there is no room. */
  add(line: ExportLine): boolean
  /** Takes the first ones out, at least one where there is one. */
  take(lines: number, bytes: number): ExportLine[]
}

/** Share of the room that flows may take. */
const FOR_FLOWS = 0.75
/** What a line takes beside its text. */
const OVERHEAD_BYTES = 64

const roomOf = (what: Exported, maxBytes: number): number =>
  what === 'flows' ? maxBytes * FOR_FLOWS : maxBytes

export const createLineQueue = (maxBytes: number): LineQueue => {
  let lines: ExportLine[] = []
  /** Of `lines`: what was taken. */
  let first = 0
  let bytes = 0

  return {
    get size() {
      return lines.length - first
    },
    get bytes() {
      return bytes
    },
    add(line) {
      const more = line.bytes + OVERHEAD_BYTES
      if (bytes + more > roomOf(line.what, maxBytes)) return false
      lines.push(line)
      bytes += more
      return true
    },
    take(most, mostBytes) {
      let end = first
      let taken = 0
      for (; end < lines.length && end - first < most; end++) {
        const next = lines[end]?.bytes ?? 0
        if (end > first && taken + next > mostBytes) break
        taken += next
      }
      const batch = lines.slice(first, end)
      bytes -= taken + batch.length * OVERHEAD_BYTES
      first = end
      // Seldom, so that taking stays cheap however many wait.
      if (first * 2 > lines.length) {
        lines = lines.slice(first)
        first = 0
      }
      return batch
    },
  }
}
