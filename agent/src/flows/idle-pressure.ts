/**
 * A table that is nearly full gives up its longest idle flows first: how long a flow may be silent
 * comes from a histogram of the previous tick's ages.
 */
/** Above the first part of the capacity flows go, until the second part is reached. */
const HIGH_FILL = 0.9
const TARGET_FILL = 0.8
const MAX_AGE = 4096

export class IdlePressure {
  /** Whether the scan must show us every silent flow. */
  active = false
  /** Seconds of silence that end a flow at the moment; Infinity without pressure. */
  cutSeconds = Infinity
  readonly #capacity: number
  readonly #ages = new Uint32Array(MAX_AGE)
  #budget = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Chooses the cut for this tick, at whose start `live` entries can still grow. */
  begin(live: number): void {
    const over = live > HIGH_FILL * this.#capacity
    this.#budget = over ? Math.ceil(live - TARGET_FILL * this.#capacity) : 0
    this.cutSeconds = over && this.active ? this.#cut(this.#budget) : Infinity
    this.active = over
    if (over) this.#ages.fill(0)
  }

  /** The highest age such that as many flows as must go are at least as old; 1 s at least. */
  #cut(need: number): number {
    let age = MAX_AGE - 1
    for (let count = 0; age > 1; age--) {
      count += this.#ages[age]!
      if (count >= need) break
    }
    return age
  }

  /** Notes a flow that has been silent for `age` seconds; true: end it. */
  mustGo(age: number): boolean {
    const seconds = Math.max(0, Math.min(age, MAX_AGE - 1))
    this.#ages[seconds]!++
    if (seconds < this.cutSeconds || this.#budget <= 0) return false
    this.#budget--
    return true
  }
}
