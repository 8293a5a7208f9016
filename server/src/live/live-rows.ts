/** Topics of things that are looked at every second: what is new or has changed is a message. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { LiveSource, LiveTaker } from './live-source.ts'

export interface LiveRows extends LiveSource {
  /** To be called every second; costs nothing while nobody is there. */
  tick(): void
}

/**
 * `rows` gives each thing's JSON text by its id, now; who comes gets all of them. `topic` is for the error of a filter,
 * which these topics have none of.
 */
export const createLiveRows = (
  topic: string,
  rows: () => Iterable<readonly [id: string, text: string]>,
): LiveRows => {
  const takers = new Set<LiveTaker>()
  let known = new Map<string, string>()

  return {
    open(filter, taker) {
      if (filter.trim() !== '') throw new NetscopeError('live.no-filter', { topic })
      takers.add(taker)
      for (const [, text] of rows()) taker.push(text)
      return () => takers.delete(taker)
    },
    tick() {
      if (takers.size === 0) return
      const next = new Map<string, string>()
      for (const [id, text] of rows()) {
        next.set(id, text)
        if (known.get(id) === text) continue
        for (const taker of takers) taker.push(text)
      }
      known = next
    },
  }
}
