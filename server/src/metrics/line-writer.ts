/** Writes the lines of many samples as bytes: no string is made for a line, which would take four times as long. */

/** Digits of 2^53 and a line end. */
const NUMBER_BYTES = 17
const ZERO = 48
const NEW_LINE = 10
/** A number below it is written with 32-bit arithmetic. */
const PART = 1e9
const PART_DIGITS = 9

export interface LineWriter {
  /** ASCII text as it is. */
  text(text: string): void
  /** One line: `name`, then `labels` (both ASCII), then a whole number from 0 to 2^53. */
  line(name: Uint8Array, labels: Uint8Array, value: number): void
  /** What was written; the writer is of no use any more. */
  end(): Buffer
}

export const createLineWriter = (expectedBytes: number): LineWriter => {
  let bytes = Buffer.allocUnsafe(expectedBytes)
  let at = 0

  const reserve = (more: number): void => {
    if (at + more <= bytes.length) return
    const larger = Buffer.allocUnsafe(2 * (at + more))
    larger.set(bytes.subarray(0, at))
    bytes = larger
  }

  const digits = (value: number, least: number): void => {
    let count = 1
    for (let rest = value; rest >= 10; rest = (rest / 10) | 0) count++
    if (count < least) count = least
    let rest = value | 0
    for (let i = at + count - 1; i >= at; i--) {
      const tenth = (rest / 10) | 0
      bytes[i] = ZERO + rest - 10 * tenth
      rest = tenth
    }
    at += count
  }

  return {
    text(text) {
      reserve(text.length)
      at += bytes.write(text, at, 'latin1')
    },
    line(name, labels, value) {
      reserve(name.length + labels.length + NUMBER_BYTES)
      bytes.set(name, at)
      at += name.length
      bytes.set(labels, at)
      at += labels.length
      const high = Math.floor(value / PART)
      if (high > 0) digits(high, 1)
      digits(value - high * PART, high > 0 ? PART_DIGITS : 1)
      bytes[at++] = NEW_LINE
    },
    end: () => bytes.subarray(0, at),
  }
}
