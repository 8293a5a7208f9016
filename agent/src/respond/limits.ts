/** Limits of rate: in the kernel, in memory and on disk, until they expire. */
import type { HookCounters } from '@netscope/core/slot.ts'
import { MAX_LIMITS, type LimitState } from '@netscope/core/wire-response.ts'
import { ArgumentError } from '../argument-error.ts'
import type { ResponseTable, Traffic } from '../source.ts'
import { readKeptJson, writeKeptJson } from '../kept-json.ts'
import { checkLimit, kernelLimitOf, type CheckedLimit } from './limit-entry.ts'

export interface LimitsDeps {
  table: ResponseTable
  now(): number
  log: { warn(fields: object, message: string): void }
}

export interface Limits {
  /** Reads them from disk and puts them in force. Call before packets are judged. */
  load(): void
  /** All or nothing; in force and on disk when it returns. A prefix that has one gets the new one. */
  add(limits: readonly unknown[]): number
  remove(prefixes: readonly unknown[]): number
  get(): LimitState[]
  /** Removes what has expired; call once a second. */
  tick(): void
  sizes(): { entries: number; capacity: number }
  /** What all limits have dropped since the program was loaded, those that are gone included. */
  drops(hooks: readonly { counters: HookCounters }[]): {
    droppedPackets: number
    droppedBytes: number
  }
  /** Reasons why something is not as it should be, in words for people. */
  degraded(): string[]
}

export const createLimits = ({ path }: { path: string }, deps: LimitsDeps): Limits => {
  const { table, now } = deps
  const held = new Map<string, CheckedLimit>()
  let problem = ''

  const save = (): void => {
    try {
      writeKeptJson(path, { limits: [...held.values()].map(({ limit }) => limit) })
      problem = ''
    } catch (error) {
      const reason = (error as Error).message
      deps.log.warn({ path, reason }, 'limits cannot be saved')
      problem = `Limits of rate are in force until the agent ends: they cannot be saved: ${reason}`
    }
  }

  const put = (checked: CheckedLimit): void => {
    table.setLimit(checked.prefix, kernelLimitOf(checked.limit))
    held.set(checked.limit.prefix, checked)
  }

  const drop = (prefix: string): boolean => {
    const found = held.get(prefix)
    if (!found) return false
    table.removeLimit(found.prefix)
    return held.delete(prefix)
  }

  const isOver = ({ limit }: CheckedLimit, nowMs: number) =>
    limit.expiresAtMs > 0 && limit.expiresAtMs <= nowMs

  return {
    load: () => {
      try {
        const { limits = [] } = (readKeptJson(path) ?? {}) as { limits?: unknown[] }
        for (const one of limits.slice(0, MAX_LIMITS)) {
          const checked = checkLimit(one, now())
          if (!isOver(checked, now())) put(checked)
        }
      } catch (error) {
        const reason = (error as Error).message
        deps.log.warn({ path, reason }, 'limits on disk are damaged')
        problem = `Limits of rate in ${path} are damaged and not all in force: ${reason}`
      }
    },
    add: (limits) => {
      const checked = limits.map((one) => checkLimit(one, now()))
      const fresh = new Set(checked.map(({ limit }) => limit.prefix))
      const room = table.limitCapacity - held.size
      const added = [...fresh].filter((prefix) => !held.has(prefix)).length
      if (added > room)
        throw new ArgumentError(`there is room for ${room} more limits, of ${table.limitCapacity}`)
      for (const one of checked) put(one)
      save()
      return added
    },
    remove: (prefixes) => {
      const removed = prefixes.filter((one) => typeof one === 'string' && drop(one)).length
      if (removed > 0) save()
      return removed
    },
    get: () =>
      [...held.values()].map(({ limit, prefix }) => {
        const { packets, bytes }: Traffic = table.limitDrops(prefix)
        return { ...limit, droppedPackets: packets, droppedBytes: bytes }
      }),
    tick: () => {
      const nowMs = now()
      const over = [...held.values()].filter((one) => isOver(one, nowMs))
      for (const { limit } of over) drop(limit.prefix)
      if (over.length > 0) save()
    },
    sizes: () => ({ entries: held.size, capacity: table.limitCapacity }),
    drops: (hooks) => ({
      droppedPackets: hooks.reduce((sum, { counters }) => sum + counters.limitedPackets, 0),
      droppedBytes: hooks.reduce((sum, { counters }) => sum + counters.limitedBytes, 0),
    }),
    degraded: () => (problem === '' ? [] : [problem]),
  }
}
