/**
 * Which live flows are reported this second: the heaviest by bytes, up to a limit. The threshold comes
 * from a histogram of the previous second, so that nothing has to be sorted.
 */

/** 32 powers of two in 8 steps each. */
const BUCKETS = 256
const MAX_BYTES = 0x7fffffff
/** Of many flows only every eighth stretch enters the histogram. */
const MANY = 16384
const SAMPLE_EVERY = 8

/** Of flows that weigh the same none is chosen when there are so many times more than may be reported. */
const TOO_MANY_ALIKE = 4

/** Bucket of a number of bytes in one second; a step is at most 12.5 %. */
export const weightBucket = (bytes: number): number => {
  const value = bytes < MAX_BYTES ? bytes | 0 : MAX_BYTES
  const power = 31 - Math.clz32(value | 1)
  return power < 3 ? value : (power << 3) | ((value >>> (power - 3)) & 7)
}

/** The smallest number of bytes in a bucket; a small integer always, as the compiler likes it. */
export const bucketFloor = (bucket: number): number =>
  bucket < 24
    ? Math.min(bucket, 8)
    : Math.min((8 | (bucket & 7)) * 2 ** ((bucket >>> 3) - 3), MAX_BYTES)

export class PublishPolicy {
  /** Lighter flows are not asked about. */
  cutBytes = 0
  /** Flows to be noted are those of stretches whose number has none of these bits. */
  sampleMask = 0
  /** Flows that moved in this tick; the scan counts them. */
  changed = 0
  readonly #histogram = new Uint32Array(BUCKETS)
  readonly #limit: number
  #clearBytes = 0
  #clear = 0
  #partial = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Sets the threshold for the coming tick by what the last one saw. */
  begin(): void {
    const weight = this.sampleMask + 1
    let left = this.#limit
    let bucket = BUCKETS - 1
    while (bucket >= 0 && this.#histogram[bucket]! * weight <= left) {
      left -= this.#histogram[bucket--]! * weight
    }
    this.cutBytes = bucket < 0 ? 0 : bucketFloor(bucket)
    this.#clearBytes = bucket < 0 ? 0 : bucketFloor(bucket + 1)
    this.#clear = this.#limit
    this.#partial = left
    if (bucket >= 0 && this.#histogram[bucket]! * weight > TOO_MANY_ALIKE * left) {
      this.cutBytes = this.#clearBytes
    }
    this.sampleMask = this.changed > MANY ? SAMPLE_EVERY - 1 : 0
    this.changed = 0
    this.#histogram.fill(0)
  }

  note(bytes: number): void {
    this.#histogram[weightBucket(bytes)]!++
  }

  /** Whether a flow that moved at least `cutBytes` is among the heaviest; uses up the limit. */
  isHeavy(bytes: number): boolean {
    return bytes >= this.#clearBytes ? this.#clear-- > 0 : this.#partial-- > 0
  }
}
