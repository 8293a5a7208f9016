/** One line on a terminal that says how far a capture is. */
import { formatBytes } from '../output/units.ts'

const EVERY_MS = 500
const CLEAR_LINE = '\r\x1b[K'

export interface Progress {
  show(bytes: number, packets: number): void
  end(): void
}

interface Terminal {
  isTTY?: boolean
  write(text: string): unknown
}

/** Writes nothing where `output` is no terminal. */
export const createProgress = (output: Terminal, seconds: number): Progress => {
  const startMs = performance.now()
  let [bytes, packets] = [0, 0]
  const draw = (): void => {
    const passed = Math.min(seconds, Math.round((performance.now() - startMs) / 1000))
    output.write(
      `${CLEAR_LINE}${passed} of ${seconds} s, ${packets} packets, ${formatBytes(bytes)} (Ctrl-C ends it)`,
    )
  }
  const timer = output.isTTY ? setInterval(draw, EVERY_MS) : undefined
  return {
    show: (...figures) => ([bytes, packets] = figures),
    end: () => {
      if (timer === undefined) return
      clearInterval(timer)
      output.write(CLEAR_LINE)
    },
  }
}
