/** Texts that many list entries share, kept once and counted, so that a million entries cost numbers only. */

export interface StringPool {
  /** Number of `text`, which counts as used once more; '' is 0. */
  take(text: string): number
  /** One use less; the text goes with the last one. */
  release(id: number): void
  text(id: number): string
}

export const createStringPool = (): StringPool => {
  const ids = new Map<string, number>([['', 0]])
  const texts = ['']
  const uses = [1]
  const free: number[] = []

  const addNew = (text: string): number => {
    const id = free.pop() ?? texts.length
    ids.set(text, id)
    texts[id] = text
    uses[id] = 1
    return id
  }

  return {
    take: (text) => {
      const id = ids.get(text)
      if (id === undefined) return addNew(text)
      uses[id]!++
      return id
    },
    release: (id) => {
      if (id === 0 || --uses[id]! > 0) return
      ids.delete(texts[id]!)
      texts[id] = ''
      free.push(id)
    },
    text: (id) => texts[id] ?? '',
  }
}
