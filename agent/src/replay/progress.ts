/** The progress bar of a replay, on standard error of a terminal only. */
import { statSync } from 'node:fs'

const REDRAW_MS = 100
const BAR_CHARACTERS = 30

interface Terminal {
  isTTY?: boolean
  write(text: string): unknown
}

export interface Progress {
  update(bytes: number, packets: number): void
  /** Removes the bar. */
  clear(): void
}

/** Size of all files, 0 when it is not known. */
const sizeOf = (files: readonly string[]): number => {
  try {
    return files.reduce((sum, file) => sum + statSync(file).size, 0)
  } catch {
    return 0
  }
}

export const createProgress = (
  files: readonly string[],
  terminal: Terminal,
  now: () => number,
): Progress => {
  if (!terminal.isTTY) return { update: () => undefined, clear: () => undefined }
  const total = sizeOf(files)
  const startMs = now()
  let drawnMs = startMs
  let isDrawn = false
  const draw = (bytes: number, packets: number): void => {
    const done = Math.min(1, bytes / total)
    const filled = Math.round(done * BAR_CHARACTERS)
    const bar = `[${'#'.repeat(filled)}${'.'.repeat(BAR_CHARACTERS - filled)}] ${Math.floor(done * 100)} %`
    const rate = (packets / Math.max(1, now() - startMs) / 1000).toFixed(2)
    terminal.write(
      `\r\u001b[K${total > 0 ? bar : `${(bytes / 1e6).toFixed(1)} MB`}  ${packets} packets, ${rate} M/s`,
    )
    isDrawn = true
  }
  return {
    update: (bytes, packets) => {
      if (now() - drawnMs < REDRAW_MS) return
      drawnMs = now()
      draw(bytes, packets)
    },
    clear: () => {
      if (isDrawn) terminal.write('\r\u001b[K')
    },
  }
}
