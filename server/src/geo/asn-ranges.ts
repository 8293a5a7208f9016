/** Autonomous systems by ranges of addresses, from lists of lines `first,last,number,name` sorted by address. */
import { createReadStream } from 'node:fs'
import { encodePrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { createNameTable } from './name-table.ts'
import type { NameTable } from './name-table.ts'

export interface AutonomousSystem {
  number: number
  name: string
}

export interface AsnRanges {
  /** Of the 16 bytes at `at`. */
  find(view: DataView, at: number): AutonomousSystem | undefined
}

/** Half a million ranges take some 15 MB; they are read in pieces, so that nothing waits for them longer than some ms. */
export const readAsnRanges = async (v4Path: string, v6Path: string): Promise<AsnRanges> => {
  const names = createNameTable()
  const v4 = await readRanges(v4Path, names, 12)
  const v6 = await readRanges(v6Path, names, 0)
  names.finish()
  return {
    find(view, at) {
      const isV4 = view.getUint32(at + 8) === 0xffff && view.getUint32(at) === 0
      const number = isV4
        ? find(v4, view.getUint32(at + 12), 0)
        : find(v6, view.getUint32(at), view.getUint32(at + 4))
      return number === 0 ? undefined : { number, name: names.of(number) }
    },
  }
}

/** Words of the first and last address of each range (of IPv6 the upper 64 bits), and its number. */
interface Ranges {
  count: number
  words: Uint32Array
}
const WORDS = 5
const FIRST_ROOM = 1 << 16

const readRanges = async (path: string, names: NameTable, from: 0 | 12): Promise<Ranges> => {
  const ranges: Ranges = { count: 0, words: new Uint32Array(FIRST_ROOM * WORDS) }
  const scratch = new Uint8Array(PREFIX_BYTES)
  const view = new DataView(scratch.buffer)
  const address = (text: string, at: number): boolean => {
    if (encodePrefix(text, scratch, 0) !== undefined) return false
    ranges.words[at] = view.getUint32(4 + from)
    ranges.words[at + 1] = from === 0 ? view.getUint32(8) : 0
    return true
  }
  const takeLine = (line: string): void => {
    const [first = '', last = '', number = ''] = line.split(',', 3)
    const at = ranges.count * WORDS
    if (at === ranges.words.length) ranges.words = grown(ranges.words)
    if (!address(first, at) || !address(last, at + 2)) return
    ranges.words[at + 4] = Number(number)
    ranges.count++
    names.add(Number(number), line.slice(first.length + last.length + number.length + 3))
  }
  let rest = ''
  for await (const chunk of createReadStream(path, { encoding: 'utf8' }) as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(takeLine)
  }
  if (rest !== '') takeLine(rest)
  return { count: ranges.count, words: ranges.words.slice(0, ranges.count * WORDS) }
}

const grown = (words: Uint32Array): Uint32Array => {
  const more = new Uint32Array(words.length * 2)
  more.set(words)
  return more
}

/** Number of the last range that begins at or before the address, if it reaches that far; else 0. */
const find = ({ count, words }: Ranges, high: number, low: number): number => {
  let [from, to] = [0, count]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (isAfter(words, middle * WORDS, high, low)) to = middle
    else from = middle + 1
  }
  const at = (from - 1) * WORDS
  if (from === 0) return 0
  const [lastHigh, lastLow] = [words[at + 2] as number, words[at + 3] as number]
  const reaches = high < lastHigh || (high === lastHigh && low <= lastLow)
  return reaches ? (words[at + 4] as number) : 0
}

const isAfter = (words: Uint32Array, at: number, high: number, low: number): boolean => {
  const first = words[at] as number
  return first > high || (first === high && (words[at + 1] as number) > low)
}
