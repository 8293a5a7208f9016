/**
 * Which live flows are reported this second: the heaviest by bytes, up to a limit. The threshold comes
 * from a histogram of the previous second, so that nothing has to be sorted.
 */

/** 32 powers of two in 8 steps each. */
const BUCKETS = 256
const MAX_BYTES = 0x7fffffff

/** Bucket of a number of bytes in one second; a step is at most 12.5 %. */
export const weightBucket = (bytes: number): number => {
  const value = bytes < MAX_BYTES ? bytes | 0 : MAX_BYTES
  const power = 31 - Math.clz32(value | 1)
  return power < 3 ? value : (power << 3) | ((value >>> (power - 3)) & 7)
}

export class PublishPolicy {
  /** Flows heavier than this bucket are reported; those in it as long as `partial` lasts. */
  cut = -1
  partial = 0
  /** Live updates and last updates of silent flows left in this second. */
  live = 0
  quiet = 0
  readonly histogram = new Uint32Array(BUCKETS)
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Sets the threshold for the coming tick by what the last one saw. */
  begin(activeFlows: number): void {
    let left = this.#limit
    let bucket = BUCKETS - 1
    while (bucket >= 0 && this.histogram[bucket]! <= left) left -= this.histogram[bucket--]!
    this.cut = bucket
    this.partial = left
    this.live = this.#limit
    // Every silent flow gets its last update within 10 s.
    this.quiet = Math.max(this.#limit, Math.ceil(activeFlows / 10))
    this.histogram.fill(0)
  }

  /** Whether a flow that moved this many bytes is among the heaviest; call once per changed flow. */
  isHeavy(bytes: number): boolean {
    const bucket = weightBucket(bytes)
    this.histogram[bucket]!++
    if (this.live <= 0 || bucket < this.cut || (bucket === this.cut && this.partial-- <= 0)) return false
    this.live--
    return true
  }
}
