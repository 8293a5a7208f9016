/** A map of bounded size whose entries live for a bounded time: the oldest go first, and somebody hears of it. */

export interface AgedMap<K, V> {
  get(key: K): V | undefined
  /** The key begins a new life, as the youngest. */
  set(key: K, value: V, nowMs: number): void
  /** Without a word to onLost. */
  delete(key: K): void
  /** Lets go of what is too old; costs as much as it lets go. */
  expire(nowMs: number): void
  size(): number
}

interface AgedMapConfig {
  maxEntries: number
  lifetimeMs: number
}

interface Entry<K, V> {
  key: K
  value: V
  sinceMs: number
}

type OnLost<V> = (value: V, cause: 'expired' | 'evicted') => void

export const createAgedMap = <K, V>(config: AgedMapConfig, onLost: OnLost<V>): AgedMap<K, V> => {
  const entries = new Map<K, Entry<K, V>>()
  // One walk for all times: a new one would begin with all that was deleted since the map last grew.
  let walk = entries.values()
  let oldest: Entry<K, V> | undefined

  const findOldest = (): Entry<K, V> | undefined => {
    while (oldest === undefined || entries.get(oldest.key) !== oldest) {
      if (entries.size === 0) return undefined
      const next = walk.next()
      if (next.done) walk = entries.values()
      else oldest = next.value
    }
    return oldest
  }

  const lose = (entry: Entry<K, V>, cause: 'expired' | 'evicted'): void => {
    entries.delete(entry.key)
    onLost(entry.value, cause)
  }

  return {
    get: (key) => entries.get(key)?.value,
    set: (key, value, nowMs) => {
      entries.delete(key)
      const first = entries.size >= config.maxEntries ? findOldest() : undefined
      if (first !== undefined) lose(first, 'evicted')
      entries.set(key, { key, value, sinceMs: nowMs })
    },
    delete: (key) => void entries.delete(key),
    expire: (nowMs) => {
      for (;;) {
        const first = findOldest()
        if (first === undefined || nowMs - first.sinceMs < config.lifetimeMs) return
        lose(first, 'expired')
      }
    },
    size: () => entries.size,
  }
}
