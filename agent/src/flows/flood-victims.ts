/**
 * Who gets more new flows that come to nothing than a limit, in the time since the last tick. Before that a victim is a
 * count in a table of fixed size; only then it gets an entry of its own, and there are few of these.
 */
import { estimateDistinct, putHash } from '@netscope/core/hyper-log-log.ts'
import { isEgress, protocolOf, VICTIM_WORDS } from './flood-kind.ts'
import { FloodSums } from './flood-sums.ts'
import { protocolClass } from './totals.ts'

/** Entries take 2 kB each. */
const MAX_VICTIMS = 1024
/** Counts: two victims that share one are taken for one that is asked for as often as both. */
const COUNTS = 1 << 16
/** 1 kB, standard error 3.25 %. */
const SOURCES = 1024
/** Of a tick, 512 bytes. */
const CROWD_BITS = 4096
/** The sources of so many new flows at least and at most are compared with their number. */
const [CROWD_LEAST, CROWD_MOST] = [64, 4096]
/** A forged source sends one packet, a scanner knocks at many ports: so many of the flows must have a source of their own. */
const CROWD_SHARE = 0.45
/** A flood that pauses so long is over; what comes then is another one. */
const QUIET_TICKS = 10
/** Hashes without a secret: a capture must give the same each time. Who makes two victims collide has them counted together. */
const SEED = 0x5bd1e995

export class Victim {
  readonly key = new Uint32Array(VICTIM_WORDS)
  readonly hash: number
  readonly sums = new FloodSums()
  /** Index of what overflows of its class and direction. */
  readonly overflowIndex: number
  /** Of that, what a summary has told. */
  overflowTold = 0
  /** New flows since the last tick. */
  fresh = 0
  /** Was above half of the limit in the tick before. */
  isHot = false
  readonly #sources = new Uint8Array(SOURCES)
  readonly #crowd = new Uint8Array(CROWD_BITS / 8)
  #crowdBits = 0
  #quiet = 0

  constructor(key: Uint32Array, hash: number) {
    this.key.set(key)
    this.hash = hash
    this.overflowIndex = 5 * (isEgress(key) ? 1 : 0) + protocolClass(protocolOf(key))
  }

  /** Notes a new flow of the source with this hash. */
  note(source: number): void {
    this.fresh++
    putHash(this.#sources, source)
    const bit = source & (CROWD_BITS - 1)
    const mask = 1 << (bit & 7)
    if ((this.#crowd[bit >>> 3]! & mask) !== 0) return
    this.#crowd[bit >>> 3]! |= mask
    this.#crowdBits++
  }

  /** Whether the flows of this tick come from about as many sources. */
  isCrowd(): boolean {
    if (this.fresh < CROWD_LEAST) return false
    return this.#crowdBits >= CROWD_SHARE * Math.min(this.fresh, CROWD_MOST)
  }

  /** Distinct sources so far, estimated. */
  sources(): number {
    return Math.round(estimateDistinct(this.#sources))
  }

  /** Begins a tick; `limit`: new flows in the one before that make a flood. True: it is over. */
  begin(limit: number, needsCrowd: boolean): boolean {
    this.isHot = this.fresh > limit / 2 && (!needsCrowd || this.isCrowd())
    this.#quiet = this.fresh > 0 ? 0 : this.#quiet + 1
    this.fresh = 0
    this.#crowdBits = 0
    this.#crowd.fill(0)
    return this.#quiet >= QUIET_TICKS && this.sums.flows === 0
  }
}

export class FloodVictims {
  readonly all = new Map<number, Victim>()
  /** Of victims with their port and without, apart: these are many times more. */
  readonly #counts = [new Uint32Array(COUNTS), new Uint32Array(COUNTS)] as const

  begin(limit: number, needsCrowd: (victim: Victim) => boolean): void {
    for (const counts of this.#counts) counts.fill(0)
    for (const victim of this.all.values())
      if (victim.begin(limit, needsCrowd(victim))) this.all.delete(victim.hash)
  }

  /** Counts a new flow of the victim; how many there were in this tick. */
  count(hash: number, anyPort: boolean): number {
    return ++this.#counts[anyPort ? 1 : 0][hash & (COUNTS - 1)]!
  }

  find(key: Uint32Array, hash: number): Victim | undefined {
    const victim = this.all.get(hash)
    if (!victim) return undefined
    for (let i = 0; i < VICTIM_WORDS; i++) if (victim.key[i] !== key[i]) return undefined
    return victim
  }

  /** A new entry; undefined when there are too many, or two share a hash. */
  add(key: Uint32Array, hash: number): Victim | undefined {
    if (this.all.size >= MAX_VICTIMS || this.all.has(hash)) return undefined
    const victim = new Victim(key, hash)
    this.all.set(hash, victim)
    return victim
  }
}

export const hashVictim = (key: Uint32Array): number => {
  let h = SEED
  for (let i = 0; i < VICTIM_WORDS; i++) {
    h = Math.imul(h ^ key[i]!, 0x9e3779b1)
    h = Math.imul(h ^ (h >>> 15), 0x85ebca77)
  }
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae3d)
  return (h ^ (h >>> 16)) >>> 0
}
