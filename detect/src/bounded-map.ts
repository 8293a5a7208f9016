/** A map that holds at most so many entries: the least recently used one makes room. */

interface Node<K, V> {
  key: K
  value: V
  older: Node<K, V> | undefined
  newer: Node<K, V> | undefined
}

export interface BoundedMap<K, V> {
  readonly size: number
  /** Counts as use. */
  get(key: K): V | undefined
  /** As `get`, but does not count as use. */
  peek(key: K): V | undefined
  /** Counts as use; may push out the least recently used entry. */
  set(key: K, value: V): void
  /** Whether it was there. Does not call `onEvict`. */
  delete(key: K): boolean
  clear(): void
  /** Least recently used first; entries may be deleted meanwhile, so expiry can stop at the first young one. */
  entries(): IterableIterator<[K, V]>
}

/** `onEvict` is told of each entry that made room. All operations take constant time. */
export const createBoundedMap = <K, V>(
  max: number,
  onEvict?: (key: K, value: V) => void,
): BoundedMap<K, V> => {
  const nodes = new Map<K, Node<K, V>>()
  let oldest: Node<K, V> | undefined
  let newest: Node<K, V> | undefined

  const unlink = (node: Node<K, V>): void => {
    if (node.older) node.older.newer = node.newer
    else oldest = node.newer
    if (node.newer) node.newer.older = node.older
    else newest = node.older
  }

  const append = (node: Node<K, V>): void => {
    node.older = newest
    node.newer = undefined
    if (newest) newest.newer = node
    else oldest = node
    newest = node
  }

  const touch = (node: Node<K, V>): void => {
    if (node === newest) return
    unlink(node)
    append(node)
  }

  const evict = (node: Node<K, V>): void => {
    nodes.delete(node.key)
    unlink(node)
    onEvict?.(node.key, node.value)
  }

  return {
    get size() {
      return nodes.size
    },
    get(key) {
      const node = nodes.get(key)
      if (!node) return undefined
      touch(node)
      return node.value
    },
    peek: (key) => nodes.get(key)?.value,
    set(key, value) {
      const node = nodes.get(key)
      if (node) {
        node.value = value
        touch(node)
        return
      }
      if (nodes.size >= max && oldest) evict(oldest)
      const added = { key, value, older: undefined, newer: undefined }
      nodes.set(key, added)
      append(added)
    },
    delete(key) {
      const node = nodes.get(key)
      if (!node) return false
      nodes.delete(key)
      unlink(node)
      return true
    },
    clear() {
      nodes.clear()
      oldest = newest = undefined
    },
    *entries() {
      for (let node = oldest; node;) {
        const next: Node<K, V> | undefined = node.newer
        yield [node.key, node.value]
        node = next
      }
    },
  }
}
