/**
 * Which destination ports an address sent to in the last 40 to 60 s: one bounded hash set of
 * (entry, port) for all addresses. Exact up to MAX_PORTS per address and as long as the set has room;
 * beyond that the counts stand still, so they mean "at least".
 */
const SIZE = 1 << 18
const MAX_FILL = 0.75 * SIZE
export const MAX_PORTS = 4096
const PERIOD_SECONDS = 20
const PERIODS_KEPT = 3

const makeTable = () => ({
  /** Entry + 1; 0 = empty. */
  entry: new Uint32Array(SIZE),
  port: new Uint16Array(SIZE),
  /** Period in which the pair was last seen, and the generation of the entry. */
  period: new Uint16Array(SIZE),
  generation: new Uint16Array(SIZE),
})

export class PortPairs {
  /** Distinct ports per entry. */
  readonly count: Uint16Array
  #table = makeTable()
  #spare = makeTable()
  #used = 0
  #period = 0
  readonly #generation: Uint16Array

  constructor(entries: number) {
    this.count = new Uint16Array(entries)
    this.#generation = new Uint16Array(entries)
  }

  /** Changes whenever pairs have to be seen again to stay; 1 to 255. */
  get mark(): number {
    return (this.#period % 255) + 1
  }

  /** Moves the window; returns soon unless a period has passed. */
  advance(second: number): void {
    const period = Math.floor(second / PERIOD_SECONDS) & 0xffff
    if (period === this.#period) return
    this.#period = period
    if (this.#used > 0) this.#rebuild()
  }

  /** The entry belongs to another address from now on. */
  clear(entry: number): void {
    this.#generation[entry]!++
    this.count[entry] = 0
  }

  add(entry: number, port: number): void {
    const { entry: entries, port: ports, period, generation } = this.#table
    let at = place(entry, port)
    while (entries[at] !== 0 && (entries[at] !== entry + 1 || ports[at] !== port))
      at = (at + 1) % SIZE
    const fresh = entries[at] === 0
    if (!fresh && generation[at] === this.#generation[entry]) {
      period[at] = this.#period
      return
    }
    if (this.count[entry]! >= MAX_PORTS || (fresh && this.#used >= MAX_FILL)) return
    if (fresh) this.#used++
    entries[at] = entry + 1
    ports[at] = port
    period[at] = this.#period
    generation[at] = this.#generation[entry]!
    this.count[entry]!++
  }

  /** Carries what is still in the window into the other table. */
  #rebuild(): void {
    const old = this.#table
    this.#table = this.#spare
    this.#spare = old
    this.#table.entry.fill(0)
    this.#used = 0
    this.count.fill(0)
    for (let at = 0; at < SIZE; at++) {
      const entry = old.entry[at]! - 1
      if (entry < 0 || old.generation[at] !== this.#generation[entry]) continue
      if (((this.#period - old.period[at]!) & 0xffff) >= PERIODS_KEPT) continue
      this.#carry(entry, old.port[at]!, old.period[at]!)
    }
  }

  #carry(entry: number, port: number, period: number): void {
    let at = place(entry, port)
    while (this.#table.entry[at] !== 0) at = (at + 1) % SIZE
    this.#table.entry[at] = entry + 1
    this.#table.port[at] = port
    this.#table.period[at] = period
    this.#table.generation[at] = this.#generation[entry]!
    this.count[entry]!++
    this.#used++
  }
}

const place = (entry: number, port: number): number => {
  const h = Math.imul((entry << 16) ^ (entry >>> 16) ^ port, 0x9e3779b1)
  return (Math.imul(h ^ (h >>> 15), 0x85ebca77) >>> 0) % SIZE
}
