/** Limits of rate and pinned addresses beside the WebAssembly program. */
import { CONTROL, LIMIT, LIMIT_BYTES, LIMIT_KINDS } from '@netscope/core/slot.ts'
import { prefixTest, type AddressTest } from '@netscope/core/query/prefix-test.ts'
import { decodePrefix } from '@netscope/core/prefix.ts'
import { MAX_LIMITS } from '@netscope/core/wire-response.ts'
import type { ResponseTable } from '../source.ts'
import type { PrefixSets } from './prefix-sets.ts'

const PINNED = 2

export interface LimitIndex {
  /** Place in the table of the limit with the longest prefix that holds the address at `at`, or -1. */
  find(view: DataView, at: number): number
  /** Place of this very prefix, a new one where there is none; undefined: no room. */
  placeOf(prefix: Uint8Array): number | undefined
  remove(prefix: Uint8Array): void
  known(prefix: Uint8Array): number | undefined
  size(): number
}

interface Held {
  text: string
  length: number
  place: number
  holds: AddressTest
}

/** Limits are few: they are tried one after the other, the longest first. */
export const createLimitIndex = (): LimitIndex => {
  let held: Held[] = []
  const free = Array.from({ length: MAX_LIMITS }, (_, place) => MAX_LIMITS - 1 - place)
  const textOf = (prefix: Uint8Array) => decodePrefix(prefix).text
  const known = (prefix: Uint8Array) => held.find(({ text }) => text === textOf(prefix))?.place
  return {
    find: (view, at) => held.find(({ holds }) => holds(view, at))?.place ?? -1,
    known,
    placeOf: (prefix) => {
      const found = known(prefix)
      if (found !== undefined) return found
      const place = free.pop()
      if (place === undefined) return undefined
      const { text, length, addr } = decodePrefix(prefix)
      held = [...held, { text, length, place, holds: prefixTest({ addr, length }) }]
      held.sort((a, b) => b.length - a.length)
      return place
    },
    remove: (prefix) => {
      const place = known(prefix)
      if (place === undefined) return
      held = held.filter((one) => one.place !== place)
      free.push(place)
    },
    size: () => held.length,
  }
}

export interface ResponseDeps {
  view: DataView
  /** Where the control page and the table of limits lie. */
  control: number
  limitsAt: number
  sets: PrefixSets
  limits: LimitIndex
  u64(at: number): number
}

export const createResponse = (deps: ResponseDeps): ResponseTable => {
  const { view, control, limitsAt, sets, limits, u64 } = deps
  let lastId = 0
  const publish = (): void => {
    view.setUint32(control + CONTROL.limitEntries, limits.size(), true)
    view.setUint32(control + CONTROL.pinnedEntries, sets.size(PINNED), true)
    const generation = control + CONTROL.listGen
    view.setUint32(generation, view.getUint32(generation, true) + 1, true)
  }
  const setU64 = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true)
  return {
    limitCapacity: MAX_LIMITS,
    setLimit: (prefix, { nsPerPacket, burstNs, kind }) => {
      const place = limits.placeOf(prefix)
      if (place === undefined) throw new Error(`there is room for ${MAX_LIMITS} limits`)
      const at = limitsAt + place * LIMIT_BYTES
      setU64(at + LIMIT.nsPerPacket, nsPerPacket)
      setU64(at + LIMIT.burstNs, burstNs)
      setU64(at + LIMIT.droppedPackets, 0)
      setU64(at + LIMIT.droppedBytes, 0)
      view.setUint32(at + LIMIT.id, ++lastId, true)
      view.setUint32(at + LIMIT.kind, LIMIT_KINDS.indexOf(kind), true)
      publish()
    },
    removeLimit: (prefix) => {
      limits.remove(prefix)
      publish()
    },
    limitDrops: (prefix) => {
      const place = limits.known(prefix)
      if (place === undefined) return { packets: 0, bytes: 0 }
      const at = limitsAt + place * LIMIT_BYTES
      return { packets: u64(at + LIMIT.droppedPackets), bytes: u64(at + LIMIT.droppedBytes) }
    },
    pinCapacity: 2 * MAX_LIMITS,
    pin: (prefixes, count) => {
      sets.add(PINNED, prefixes, count)
      publish()
    },
    unpin: (prefixes, count) => {
      sets.remove(PINNED, prefixes, count)
      publish()
    },
    // Nobody is there to be told.
    setResets: () => undefined,
  }
}
