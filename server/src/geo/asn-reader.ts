/**
 * The thread that reads the lists of autonomous systems; it ends once it has handed over what is in them. It works on
 * bytes: V8 does not give back to the system what half a million lines of text once took.
 */
import { createReadStream } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { encodePrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { RANGE_WORDS } from './asn-ranges.ts'
import type { AsnData, AsnLists } from './asn-ranges.ts'

const FIRST_ROOM = 1 << 16
const [NEWLINE, COMMA, QUOTE] = [10, 44, 34]

/** Calls `take` with each line, without its end; valid during the call. */
const eachLine = async (path: string, take: (line: Buffer) => void): Promise<void> => {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      take(bytes.subarray(from, end))
      from = end + 1
    }
    rest = bytes.subarray(from)
  }
  if (rest.length > 0) take(rest)
}

/** Names one after the other, in the order in which their numbers came. */
const createNames = () => {
  const places = new Map<number, number>()
  let bytes = new Uint8Array(FIRST_ROOM)
  let ends = new Uint32Array(FIRST_ROOM)
  let end = 0
  return {
    add(number: number, field: Buffer): void {
      if (places.has(number)) return
      const name = unquoted(field)
      if (end + name.length > bytes.length) bytes = grown(bytes)
      if (places.size === ends.length) ends = grown(ends)
      bytes.set(name, end)
      end += name.length
      ends[places.size] = end
      places.set(number, places.size)
    },
    /** In the order of the numbers. */
    pack(): Pick<AsnData, 'numbers' | 'nameEnds' | 'names'> {
      const numbers = Uint32Array.from(places.keys()).toSorted()
      const nameEnds = new Uint32Array(numbers.length)
      const names = new Uint8Array(end)
      let at = 0
      for (const [index, number] of numbers.entries()) {
        const place = places.get(number) ?? 0
        const name = bytes.subarray(place === 0 ? 0 : ends[place - 1], ends[place])
        names.set(name, at)
        at += name.length
        nameEnds[index] = at
      }
      return { numbers, nameEnds, names }
    },
  }
}

const grown = <T extends Uint8Array | Uint32Array>(of: T): T => {
  const more =
    of instanceof Uint8Array ? new Uint8Array(of.length * 2) : new Uint32Array(of.length * 2)
  more.set(of)
  return more as T
}

/** A field of CSV may stand in quotes; the few that have quotes in them have them twice. */
const unquoted = (field: Buffer): Uint8Array => {
  if (field[0] !== QUOTE) return field
  const inner = field.subarray(1, field.lastIndexOf(QUOTE))
  return inner.includes(QUOTE) ? Buffer.from(inner.toString().replaceAll('""', '"')) : inner
}

const readRanges = async (
  path: string,
  addressAt: 4 | 16,
  names: ReturnType<typeof createNames>,
): Promise<Uint32Array<ArrayBuffer>> => {
  let words = new Uint32Array(FIRST_ROOM * RANGE_WORDS)
  let at = 0
  const scratch = new Uint8Array(PREFIX_BYTES)
  const view = new DataView(scratch.buffer)
  const isV6 = addressAt === 4

  /** False: it is no address. */
  const putAddress = (line: Buffer, from: number, to: number, word: number): boolean => {
    if (encodePrefix(line.toString('latin1', from, to), scratch, 0) !== undefined) return false
    words[word] = view.getUint32(addressAt)
    words[word + 1] = isV6 ? view.getUint32(addressAt + 4) : 0
    return true
  }

  await eachLine(path, (line) => {
    const first = line.indexOf(COMMA)
    const second = line.indexOf(COMMA, first + 1)
    const third = line.indexOf(COMMA, second + 1)
    if (first < 0 || second < 0 || third < 0) return
    if (at === words.length) words = grown(words)
    if (!putAddress(line, 0, first, at) || !putAddress(line, first + 1, second, at + 2)) return
    const number = Number(line.toString('latin1', second + 1, third))
    words[at + 4] = number
    at += RANGE_WORDS
    names.add(number, line.subarray(third + 1))
  })
  return words.slice(0, at)
}

const lists = workerData as AsnLists
const names = createNames()
const v4 = await readRanges(lists.v4, 16, names)
const v6 = await readRanges(lists.v6, 4, names)
const data = { v4, v6, ...names.pack() } satisfies AsnData
parentPort?.postMessage(
  data,
  Object.values(data).map(({ buffer }) => buffer as ArrayBuffer),
)
