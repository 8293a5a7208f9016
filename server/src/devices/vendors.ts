/** Makers of network cards by the first bits of a MAC address, from IEEE's list in the package oui-data, offline. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Name of the maker; empty: not listed. `mac` as `00:00:5e:…`. */
export type VendorOf = (mac: string) => string

/** IEEE gives out blocks of 36, 28 and 24 bits; a longer one lies in a shorter one, whose owner is IEEE itself. */
const KEY_LENGTHS = [9, 7, 6] as const
/** A line is ` "0050C2": "IEEE REGISTRATION AUTHORITY\nstreet\ntown\ncountry",`. */
const LINE = /^ "[0-9A-F]{6,9}": ("(?:[^"\\]|\\.)*")/
const KEY_AT = 2
const NEWLINE = 10
const QUOTE = 34

/**
 * Looks names up in the text of the list, by halving: its lines are sorted by length of their key, then by key.
 * That is 6 MB outside of the heap, taken when the first one is asked for; parsed it would be 20.
 */
export const createVendors = (path = fileURLToPath(import.meta.resolve('oui-data'))): VendorOf => {
  let list: Buffer | undefined

  const find = (text: Buffer, key: string): string => {
    let [low, high] = [0, text.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const start = text.indexOf(NEWLINE, middle) + 1
      const order = start === 0 ? 1 : compareKey(text, start, key)
      if (order === 0) return nameIn(text, start)
      if (order < 0) low = middle + 1
      else high = middle
    }
    return ''
  }

  return (mac) => {
    const digits = mac.replaceAll(':', '').toUpperCase()
    list ??= readFileSync(path)
    for (const length of KEY_LENGTHS) {
      const name = find(list, digits.slice(0, length))
      if (name !== '') return name
    }
    return ''
  }
}

/** Negative where the line at `start` comes before `key`; a line without a key comes after all. */
const compareKey = (text: Buffer, start: number, key: string): number => {
  if (text[start + KEY_AT - 1] !== QUOTE) return 1
  const end = text.indexOf(QUOTE, start + KEY_AT)
  const found = text.toString('latin1', start + KEY_AT, end)
  if (found.length !== key.length) return found.length - key.length
  return found < key ? -1 : found > key ? 1 : 0
}

/** The first line of the entry; the rest is the maker's address. */
const nameIn = (text: Buffer, start: number): string => {
  const found = LINE.exec(text.toString('utf8', start, text.indexOf(NEWLINE, start)))
  return found ? ((JSON.parse(found[1] as string) as string).split('\n', 1)[0] ?? '') : ''
}
