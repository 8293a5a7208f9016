/** The thread that reads the lists of autonomous systems; it ends once it has handed over what is in them. */
import { createReadStream } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { encodePrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { RANGE_WORDS } from './asn-ranges.ts'
import type { AsnData, AsnLists } from './asn-ranges.ts'

const FIRST_ROOM = 1 << 16

const readRanges = async (
  path: string,
  addressAt: 4 | 16,
  names: Map<number, string>,
): Promise<Uint32Array> => {
  let words = new Uint32Array(FIRST_ROOM * RANGE_WORDS)
  let at = 0
  const scratch = new Uint8Array(PREFIX_BYTES)
  const view = new DataView(scratch.buffer)
  const isV6 = addressAt === 4

  /** False: it is no address. */
  const putAddress = (text: string, word: number): boolean => {
    if (encodePrefix(text, scratch, 0) !== undefined) return false
    words[word] = view.getUint32(addressAt)
    words[word + 1] = isV6 ? view.getUint32(addressAt + 4) : 0
    return true
  }

  const takeLine = (line: string): void => {
    const [first = '', last = '', number = ''] = line.split(',', 3)
    if (at === words.length) words = grown(words)
    if (!putAddress(first, at) || !putAddress(last, at + 2)) return
    words[at + 4] = Number(number)
    at += RANGE_WORDS
    const name = line.slice(first.length + last.length + number.length + 3)
    if (!names.has(Number(number))) names.set(Number(number), name)
  }

  let rest = ''
  for await (const chunk of createReadStream(path, { encoding: 'utf8' }) as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(takeLine)
  }
  if (rest !== '') takeLine(rest)
  return words.slice(0, at)
}

const grown = (words: Uint32Array): Uint32Array<ArrayBuffer> => {
  const more = new Uint32Array(words.length * 2)
  more.set(words)
  return more
}

const packNames = (
  names: ReadonlyMap<number, string>,
): Pick<AsnData, 'numbers' | 'nameEnds' | 'names'> => {
  const numbers = Uint32Array.from(names.keys()).toSorted()
  const texts = [...numbers].map((number) => Buffer.from(unquoted(names.get(number) ?? '')))
  let end = 0
  const nameEnds = Uint32Array.from(texts, ({ length }) => (end += length))
  return { numbers, nameEnds, names: Uint8Array.from(Buffer.concat(texts)) }
}

const unquoted = (field: string): string => {
  const text = field.trim()
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text
}

const lists = workerData as AsnLists
const names = new Map<number, string>()
const v4 = await readRanges(lists.v4, 16, names)
const v6 = await readRanges(lists.v6, 4, names)
const data: AsnData = { v4, v6, ...packNames(names) }
parentPort?.postMessage(
  data,
  [data.v4, data.v6, data.numbers, data.nameEnds, data.names].map(
    ({ buffer }) => buffer as ArrayBuffer,
  ),
)
