/**
 * What each entry of the IP window sent in twelve periods of 5 s. The current period lies beside the
 * entry's tag, in one piece of 16 bytes, because every packet's way touches it.
 */
export const PERIODS = 12
export const PERIOD_SECONDS = 5

/** Words of a cell: tag, packets of this period; the other two are its bytes as a double. */
export const CELL = 4
export const CELL_PACKETS = 1

/** What the scan needs to count a known sender at once. */
export interface Senders {
  /** Per slot and side: tag of the sender's entry, as in its cell while it still has it. */
  readonly senderTag: Uint32Array
  readonly cells: Uint32Array
  /** The same memory as `cells`: bytes of this period are at 2 × entry + 1. */
  readonly cellBytes: Float64Array
}

export class SourceCounters {
  readonly cells: Uint32Array
  readonly cellBytes: Float64Array
  readonly syn: Uint32Array
  readonly synAck: Uint32Array
  // Sums over the finished periods, and what each contributed: [entry × PERIODS + period].
  readonly #packets: Float64Array
  readonly #bytes: Float64Array
  readonly #oldPackets: Uint32Array
  readonly #oldBytes: Float64Array
  readonly #oldSyn: Uint32Array
  readonly #oldSynAck: Uint32Array
  #period = 0

  constructor(entries: number) {
    this.cells = new Uint32Array(CELL * entries)
    this.cellBytes = new Float64Array(this.cells.buffer)
    this.syn = new Uint32Array(entries)
    this.synAck = new Uint32Array(entries)
    this.#packets = new Float64Array(entries)
    this.#bytes = new Float64Array(entries)
    this.#oldPackets = new Uint32Array(PERIODS * entries)
    this.#oldBytes = new Float64Array(PERIODS * entries)
    this.#oldSyn = new Uint32Array(PERIODS * entries)
    this.#oldSynAck = new Uint32Array(PERIODS * entries)
  }

  /** Packets in the window; 0 = the entry is free. */
  packets(entry: number): number {
    return this.#packets[entry]! + this.cells[CELL * entry + CELL_PACKETS]!
  }

  bytes(entry: number): number {
    return this.#bytes[entry]! + this.cellBytes[2 * entry + 1]!
  }

  addHandshakes(entry: number, syn: number, synAck: number): void {
    const at = entry * PERIODS + this.#period
    this.syn[entry]! += syn
    this.synAck[entry]! += synAck
    this.#oldSyn[at]! += syn
    this.#oldSynAck[at]! += synAck
  }

  /** Begins a period for the entries [0, end); calls `onEmpty` for each that sent nothing in the window. */
  rotate(end: number, onEmpty: (entry: number) => void): void {
    const next = (this.#period + 1) % PERIODS
    for (let entry = 0; entry < end; entry++) {
      if (this.packets(entry) === 0) continue
      this.#closePeriod(entry)
      this.#dropPeriod(entry, entry * PERIODS + next)
      if (this.#packets[entry] === 0) onEmpty(entry)
    }
    this.#period = next
  }

  #closePeriod(entry: number): void {
    const at = entry * PERIODS + this.#period
    this.#oldPackets[at] = this.cells[CELL * entry + CELL_PACKETS]!
    this.#oldBytes[at] = this.cellBytes[2 * entry + 1]!
    this.#packets[entry]! += this.#oldPackets[at]
    this.#bytes[entry]! += this.#oldBytes[at]
    this.cells[CELL * entry + CELL_PACKETS] = 0
    this.cellBytes[2 * entry + 1] = 0
  }

  #dropPeriod(entry: number, at: number): void {
    this.#packets[entry]! -= this.#oldPackets[at]!
    this.#bytes[entry]! -= this.#oldBytes[at]!
    this.syn[entry]! -= this.#oldSyn[at]!
    this.synAck[entry]! -= this.#oldSynAck[at]!
    this.#oldPackets[at] = 0
    this.#oldBytes[at] = 0
    this.#oldSyn[at] = 0
    this.#oldSynAck[at] = 0
  }

  clear(entry: number): void {
    const from = entry * PERIODS
    this.cells[CELL * entry + CELL_PACKETS] = 0
    this.cellBytes[2 * entry + 1] = 0
    this.#packets[entry] = this.#bytes[entry] = 0
    this.syn[entry] = this.synAck[entry] = 0
    for (const old of [this.#oldPackets, this.#oldBytes, this.#oldSyn, this.#oldSynAck]) {
      old.fill(0, from, from + PERIODS)
    }
  }
}
