/**
 * What passed and was dropped of a prefix since its entry came into force, by the kernel's counters: those of flows
 * that live, plus those of flows that have ended since, less what they held at the beginning. Each packet counts at
 * every interface that it passes. What no deny entry reaches is left out: addresses that are pinned when it begins, and SSH,
 * which is counted by itself.
 */
import { prefixTest, type AddressTest } from '@netscope/core/query/prefix-test.ts'
import { parsePrefix, type Prefix } from '@netscope/core/prefix.ts'
import type { Verification } from '@netscope/core/wire-response.ts'
import { KEY, SLOT, SLOT_BYTES, VERDICTS } from '@netscope/core/slot.ts'
import {
  BYTES,
  DROPPED_BYTES,
  DROPPED_PACKETS,
  FLAGS,
  PACKETS,
  readU64,
  STATE_MASK,
  WORDS,
} from '../flows/slot-words.ts'
import type { FlowTable, Traffic } from '../source.ts'

/** Prefixes that are watched at a time; the oldest is forgotten. */
const MAX_WATCHED = 256
const SSH = VERDICTS.indexOf('SSH')

export interface Verifications {
  /** From now on these prefixes are counted; canonical texts. */
  begin(prefixes: readonly string[]): void
  /** Begins now where nothing has begun. Throws `list.prefix-invalid`. */
  verify(prefix: string): Verification
  /** The slot's flow is over, its counters are final, and it is about to be zeroed. */
  forget(slot: number): void
}

export interface VerificationDeps {
  table: FlowTable
  overflow(): readonly Traffic[]
  /** Tests of pinned addresses that a prefix has in common with others. */
  pinned(prefix: { length: number; addr: Uint8Array }): AddressTest[]
  now(): number
  nowNs(): number
}

type Sums = Required<
  Pick<
    Verification,
    'flows' | 'passedPackets' | 'passedBytes' | 'droppedPackets' | 'droppedBytes' | 'sshPackets'
  >
>

interface Watched {
  holds: AddressTest
  sinceMs: number
  sinceNs: number
  /** What live flows held at the beginning, and what flows that ended since held at their end. */
  before: Sums
  ended: Sums
  unattributed: number
}

const newSums = (): Sums => ({
  ...{ flows: 0, passedPackets: 0, passedBytes: 0, droppedPackets: 0, droppedBytes: 0 },
  sshPackets: 0,
})

export const createVerifications = (deps: VerificationDeps): Verifications => {
  const { table } = deps
  const watched = new Map<string, Watched>()
  let words: Uint32Array = new Uint32Array(0)
  let view: DataView = new DataView(new ArrayBuffer(0))

  /** The table is mapped when the source starts. */
  const map = (): void => {
    if (words.length > 0) return
    const { buffer, byteOffset } = table.slots
    words = new Uint32Array(buffer, byteOffset, table.capacity * WORDS)
    view = new DataView(buffer, byteOffset, table.capacity * SLOT_BYTES)
  }

  const addSlot = (slot: number, of: Pick<Watched, 'holds' | 'sinceNs'>, sums: Sums): void => {
    const at = slot * WORDS
    const key = slot * SLOT_BYTES + SLOT.key
    if ((words[at + FLAGS]! & STATE_MASK) === 0) return
    if (!of.holds(view, key + KEY.loAddr) && !of.holds(view, key + KEY.hiAddr)) return
    if (view.getUint8(slot * SLOT_BYTES + SLOT.verdict) === SSH) {
      sums.sshPackets += readU64(words, at + PACKETS) + readU64(words, at + PACKETS + 2)
      return
    }
    let isSeen = false
    for (const side of [0, 2]) {
      const dropped = readU64(words, at + DROPPED_PACKETS + side)
      const droppedBytes = readU64(words, at + DROPPED_BYTES + side)
      sums.droppedPackets += dropped
      sums.droppedBytes += droppedBytes
      sums.passedPackets += readU64(words, at + PACKETS + side) - dropped
      sums.passedBytes += readU64(words, at + BYTES + side) - droppedBytes
      isSeen ||= readU64(words, at + SLOT.lastNs / 4 + side) > of.sinceNs
    }
    if (isSeen) sums.flows++
  }

  const sumLive = (of: readonly Watched[], sums: readonly Sums[]): void => {
    map()
    const end = Math.min(table.handedOut(), table.capacity)
    for (let slot = 0; slot < end; slot++)
      for (let i = 0; i < of.length; i++) addSlot(slot, of[i]!, sums[i]!)
  }

  const unattributed = () => deps.overflow().reduce((sum, { packets }) => sum + packets, 0)

  /** Whether a deny entry of the prefix reaches the address. */
  const reached = (prefix: Prefix): AddressTest => {
    const [holds, but] = [prefixTest(prefix), deps.pinned(prefix)]
    return (of, at) => holds(of, at) && !but.some((test) => test(of, at))
  }

  const begin = (prefixes: readonly string[]): void => {
    const fresh = prefixes.slice(-MAX_WATCHED).map((text): [string, Watched] => {
      const prefix = parsePrefix(text)
      const times = { sinceMs: deps.now(), sinceNs: deps.nowNs() }
      const sums = { before: newSums(), ended: newSums(), unattributed: unattributed() }
      return [text, { holds: reached(prefix), ...times, ...sums }]
    })
    sumLive(
      fresh.map(([, one]) => one),
      fresh.map(([, { before }]) => before),
    )
    for (const [text, one] of fresh) {
      watched.delete(text)
      watched.set(text, one)
      if (watched.size > MAX_WATCHED) watched.delete(watched.keys().next().value!)
    }
  }

  return {
    begin,
    verify: (text) => {
      if (!watched.has(text)) begin([text])
      const one = watched.get(text)!
      const now = newSums()
      sumLive([one], [now])
      const { before, ended } = one
      const since = (name: keyof Sums) => Math.max(0, now[name] + ended[name] - before[name])
      return {
        prefix: text,
        sinceMs: one.sinceMs,
        nowMs: deps.now(),
        flows: now.flows + ended.flows,
        passedPackets: since('passedPackets'),
        passedBytes: since('passedBytes'),
        droppedPackets: since('droppedPackets'),
        droppedBytes: since('droppedBytes'),
        sshPackets: since('sshPackets'),
        unattributedPackets: unattributed() - one.unattributed,
      }
    },
    forget: (slot) => {
      if (watched.size === 0) return
      map()
      for (const one of watched.values()) addSlot(slot, one, one.ended)
    },
  }
}
