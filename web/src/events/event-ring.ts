/** The newest events up to a capacity; index 0 is the newest. */

/** `push` is constant time; the oldest is forgotten when it is full. */
export const createRing = <T>(capacity: number) => {
  let items: (T | undefined)[] = []
  let next = 0
  let size = 0
  const at = (index: number): T | undefined =>
    index < size ? items[(next - 1 - index + 2 * capacity) % capacity] : undefined
  return {
    push(item: T) {
      items[next] = item
      next = (next + 1) % capacity
      if (size < capacity) size++
    },
    at,
    size: () => size,
    clear() {
      items = []
      next = 0
      size = 0
    },
    /** All, newest first. */
    toArray(): T[] {
      const all: T[] = []
      for (let i = 0; i < size; i++) {
        const item = at(i)
        if (item !== undefined) all.push(item)
      }
      return all
    },
  }
}

export type Ring<T> = ReturnType<typeof createRing<T>>
