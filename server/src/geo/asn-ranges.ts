/** Autonomous systems by ranges of addresses: looked up by halving in arrays outside of the heap. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface AutonomousSystem {
  number: number
  name: string
}

export interface AsnRanges {
  /** Of the 16 bytes at `at`. */
  find(view: DataView, at: number): AutonomousSystem | undefined
}

/** Words of the first and last address of each range (of IPv6 the upper 64 bits), and its number. */
export const RANGE_WORDS = 5

/** What the reader makes of the lists; moved, not copied, between the threads. */
export interface AsnData {
  v4: Uint32Array
  v6: Uint32Array
  /** Sorted; the name of number i is `names` from the end before to `nameEnds[i]`. */
  numbers: Uint32Array
  nameEnds: Uint32Array
  names: Uint8Array
}

export interface AsnLists {
  v4: string
  v6: string
}

/** The reader works on bytes; what its heap once took, V8 keeps. */
const READER_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 }

/** Reads lists of lines `first,last,number,name`, sorted by address, in a thread of its own: it takes seconds. */
export const readAsnRanges = async (lists: AsnLists): Promise<AsnRanges> => {
  const worker = new Worker(new URL('asn-reader.ts', import.meta.url), {
    workerData: lists,
    resourceLimits: READER_LIMITS,
  })
  // Who stops meanwhile does not wait for it.
  worker.unref()
  // Also rejects with the thread's error.
  const [data] = (await once(worker, 'message')) as [AsnData]
  return asnRangesOf(data)
}

export const asnRangesOf = ({ v4, v6, numbers, nameEnds, names }: AsnData): AsnRanges => {
  const text = Buffer.from(names.buffer, names.byteOffset, names.byteLength)
  const nameOf = (number: number): string => {
    const place = placeOf(numbers.length, (at) => (numbers[at] as number) < number)
    if (numbers[place] !== number) return ''
    return text.toString('utf8', place === 0 ? 0 : nameEnds[place - 1], nameEnds[place])
  }
  return {
    find(view, at) {
      const isV4 = view.getUint32(at + 8) === 0xffff && view.getUint32(at) === 0
      const number = isV4
        ? find(v4, view.getUint32(at + 12), 0)
        : find(v6, view.getUint32(at), view.getUint32(at + 4))
      return number === 0 ? undefined : { number, name: nameOf(number) }
    },
  }
}

/** Number of the last range that begins at or before the address, if it reaches that far; else 0. */
const find = (words: Uint32Array, high: number, low: number): number => {
  const isNotAfter = (range: number): boolean => {
    const first = words[range * RANGE_WORDS] as number
    return first < high || (first === high && (words[range * RANGE_WORDS + 1] as number) <= low)
  }
  const at = (placeOf(words.length / RANGE_WORDS, isNotAfter) - 1) * RANGE_WORDS
  if (at < 0) return 0
  const [lastHigh, lastLow] = [words[at + 2] as number, words[at + 3] as number]
  const reaches = high < lastHigh || (high === lastHigh && low <= lastLow)
  return reaches ? (words[at + 4] as number) : 0
}

/** The first of `count` places of which `isBefore` does not hold, if it holds up to there and no further. */
const placeOf = (count: number, isBefore: (place: number) => boolean): number => {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(middle)) low = middle + 1
    else high = middle
  }
  return low
}
