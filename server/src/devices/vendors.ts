/** Makers of network cards by the first bits of a MAC address, from IEEE's list in the package oui-data, offline. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Vendors {
  /** Name of the maker; empty: not listed. `mac` as `00:00:5e:…`. */
  of(mac: string): string
  close(): void
}

/** Three times the longest line. */
const BLOCK_BYTES = 1024
/** IEEE gives out blocks of 36, 28 and 24 bits; a longer one lies in a shorter one, whose owner is IEEE itself. */
const KEY_LENGTHS = [9, 7, 6] as const
/** A line is ` "0050C2": "IEEE REGISTRATION AUTHORITY\nstreet\ntown\ncountry",`. */
const LINE = /^ "([0-9A-F]{6,9})": ("(?:[^"\\]|\\.)*")/

interface Line {
  key: string
  text: string
}

/**
 * Looks names up in the file itself, by halving: its lines are sorted by length of their key, then by key. A
 * lookup reads some 20 blocks from the page cache; in memory the list would take 15 MB. Opened on first use.
 */
export const createVendors = (path = fileURLToPath(import.meta.resolve('oui-data'))): Vendors => {
  let file: number | undefined
  let size = 0
  const block = Buffer.alloc(BLOCK_BYTES)

  /** The first whole line behind `from`; undefined: there is none. */
  const lineAfter = (fd: number, from: number): Line | undefined => {
    const length = readSync(fd, block, 0, BLOCK_BYTES, from)
    const text = block.toString('utf8', 0, length)
    const start = text.indexOf('\n') + 1
    const found = start > 0 ? LINE.exec(text.slice(start)) : null
    return found ? { key: found[1] as string, text: found[2] as string } : undefined
  }

  const find = (fd: number, key: string): string => {
    let [low, high] = [0, size]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const line = lineAfter(fd, middle)
      if (line?.key === key) return firstLine(line.text)
      if (line && isBefore(line.key, key)) low = middle + 1
      else high = middle
    }
    return ''
  }

  const opened = (): number => {
    if (file !== undefined) return file
    file = openSync(path, 'r')
    size = fstatSync(file).size
    return file
  }

  return {
    of(mac) {
      const digits = mac.replaceAll(':', '').toUpperCase()
      for (const length of KEY_LENGTHS) {
        const name = find(opened(), digits.slice(0, length))
        if (name !== '') return name
      }
      return ''
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}

const isBefore = (a: string, b: string): boolean =>
  a.length === b.length ? a < b : a.length < b.length

/** The rest is the maker's address. */
const firstLine = (text: string): string => (JSON.parse(text) as string).split('\n', 1)[0] ?? ''
