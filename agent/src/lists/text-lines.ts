/** Reads a text file in runs of whole lines, with bounded memory whatever its size. */
import { closeSync, openSync, readSync } from 'node:fs'

/** Small, so that what is made of it dies young: 1 MiB cost 100 MB more at 1,000,000 entries. */
const CHUNK_BYTES = 64 << 10
/** A longer line is no line of ours. */
const MAX_LINE_BYTES = 16 << 20

export interface LinesRead {
  /** Bytes up to the end of the last whole line. */
  wholeBytes: number
  /** Bytes behind it: what a torn write left. */
  tornBytes: number
}

/**
 * Calls `onLines` with one or more whole lines at a time, each with its final newline; it returns false
 * to stop. Throws as readSync does, and RangeError for a line over 16 MiB.
 */
export const readTextLines = (path: string, onLines: (text: string) => boolean): LinesRead => {
  const file = openSync(path, 'r')
  try {
    let buffer: Buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    let rest = 0
    let wholeBytes = 0
    for (;;) {
      if (rest === buffer.length) buffer = withRoom(buffer)
      const read = readSync(file, buffer, rest, buffer.length - rest, null)
      if (read === 0) return { wholeBytes, tornBytes: rest }
      const filled = rest + read
      const end = buffer.subarray(0, filled).lastIndexOf(10) + 1
      if (end > 0 && !onLines(buffer.toString('utf8', 0, end))) return { wholeBytes, tornBytes: 0 }
      wholeBytes += end
      buffer.copyWithin(0, end, filled)
      rest = filled - end
    }
  } finally {
    closeSync(file)
  }
}

const withRoom = (buffer: Buffer): Buffer => {
  if (buffer.length >= MAX_LINE_BYTES)
    throw new RangeError(`a line of over ${MAX_LINE_BYTES} bytes`)
  const larger = Buffer.allocUnsafe(buffer.length * 2)
  buffer.copy(larger)
  return larger
}
