/** Names by number, most of them never asked for: bytes outside of the heap instead of 80,000 texts. */

export interface NameTable {
  /** Keeps the first name of a number; `text` as in a CSV field, perhaps in quotes. */
  add(number: number, text: string): void
  /** To be called before the first of(). */
  finish(): void
  /** Empty: not known. */
  of(number: number): string
}

export const createNameTable = (): NameTable => {
  let numbers = new Map<number, string>()
  let sorted = new Uint32Array(0)
  let ends = new Uint32Array(0)
  let bytes = Buffer.alloc(0)
  return {
    add(number, text) {
      if (!numbers.has(number)) numbers.set(number, text)
    },
    finish() {
      sorted = Uint32Array.from(numbers.keys()).toSorted()
      const texts = [...sorted].map((number) => Buffer.from(unquoted(numbers.get(number) ?? '')))
      let end = 0
      ends = Uint32Array.from(texts, ({ length }) => (end += length))
      bytes = Buffer.concat(texts)
      numbers = new Map()
    },
    of(number) {
      const at = placeOf(sorted, number)
      if (sorted[at] !== number) return ''
      return bytes.toString('utf8', at === 0 ? 0 : ends[at - 1], ends[at])
    },
  }
}

const unquoted = (field: string): string => {
  const text = field.trim()
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text
}

const placeOf = (sorted: Uint32Array, number: number): number => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < number) low = middle + 1
    else high = middle
  }
  return low
}
