/** The alternate screen of a terminal, and its keys: taken and given back whatever happens. */
import type { ReadStream, WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'

const ESC = '\u001b['
const ENTER = `${ESC}?1049h${ESC}?25l`
const LEAVE = `${ESC}?25h${ESC}?1049l`
const HOME = `${ESC}H`
const CLEAR_LINE_END = `${ESC}K`
const CLEAR_BELOW = `${ESC}J`
export interface Screen {
  readonly size: { columns: number; rows: number }
  /** Takes the screen; `onKey` gets each character typed, `onResize` when it is another size. */
  open(onKey: (key: string) => void, onResize: () => void): void
  draw(lines: readonly string[]): void
  close(): void
}

export const createScreen = (
  input: Pick<ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'pause' | 'resume'>,
  output: Pick<WriteStream, 'columns' | 'rows' | 'write' | 'on' | 'off'>,
): Screen => {
  let undo: (() => void) | undefined

  const close = (): void => {
    undo?.()
    undo = undefined
  }

  return {
    get size() {
      return { columns: output.columns || 80, rows: output.rows || 24 }
    },
    open(onKey, onResize) {
      const onData = (bytes: Buffer): void => {
        // Without arrow keys and the like, which mean nothing here.
        for (const key of stripVTControlCharacters(bytes.toString('latin1'))) onKey(key)
      }
      output.write(ENTER)
      output.on('resize', onResize)
      if (input.isTTY) {
        input.setRawMode(true)
        input.on('data', onData)
        input.resume()
      }
      // Also when an error ends the process.
      process.on('exit', close)
      undo = () => {
        process.off('exit', close)
        output.off('resize', onResize)
        if (input.isTTY) {
          input.off('data', onData)
          input.setRawMode(false)
          input.pause()
        }
        output.write(LEAVE)
      }
    },
    draw(lines) {
      output.write(
        `${HOME}${lines.map((line) => line + CLEAR_LINE_END).join('\r\n')}${CLEAR_BELOW}`,
      )
    },
    close,
  }
}
