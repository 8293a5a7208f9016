/** Reports of live flows to the uplink. What is refused is due again. */
import type { Activity } from './activity.ts'
import { classOf, DUE, LIVE, META, RATED, STATE, TAKEN, type FlowMemory } from './flow-memory.ts'
import { BATCH_RECORDS, type RecordBatch } from './record-batch.ts'
import { FLAGS, WORDS } from './slot-words.ts'

const SYN_OF_EITHER = 0x0202

export class FlowReports {
  /** The uplink refused a batch: nothing more is offered in this tick. */
  blocked = false
  /** A listener that knows no flow waits for all of them. */
  republishing = false
  /** Seconds since the last tick, for rates. */
  interval = 1
  readonly #memory: FlowMemory
  readonly #batch: RecordBatch
  readonly #activity: Activity
  readonly #enrich: (slot: number) => void

  constructor(
    memory: FlowMemory,
    batch: RecordBatch,
    activity: Activity,
    enrich: (slot: number) => void,
  ) {
    this.#enrich = enrich
    this.#memory = memory
    this.#batch = batch
    this.#activity = activity
  }

  /** Reports a flow whose sides sent so many bytes since the last tick; when blocked, in a later tick. */
  add(slot: number, loBytes: number, hiBytes: number): void {
    if (this.blocked) {
      this.#markDue(slot)
      return
    }
    const { state, slots } = this.#memory
    const at = slot * STATE + META
    const meta = state[at]!
    if (classOf(meta) === 0 && (slots[slot * WORDS + FLAGS]! & SYN_OF_EITHER) !== 0) {
      this.#activity.addHandshake(slot)
    }
    this.#enrich(slot)
    this.#batch.add(slot, 0, loBytes / this.interval, hiBytes / this.interval)
    state[at] = (meta & ~(DUE | RATED)) | (loBytes + hiBytes > 0 ? RATED : 0)
    if (this.#batch.count === BATCH_RECORDS) this.send()
  }

  /** Offers the gathered records. */
  send(): void {
    const { count } = this.#batch
    if (this.#batch.send()) return
    this.blocked = true
    for (let i = 0; i < count; i++) this.#markDue(this.#batch.slotAt(i))
  }

  /** All live flows are reported in the next ticks. */
  republish(): void {
    for (let slot = 0; slot < this.#memory.capacity; slot++) this.#markDue(slot)
    this.republishing = true
  }

  #markDue(slot: number): void {
    const { state } = this.#memory
    if ((state[slot * STATE + META]! & (LIVE | TAKEN)) === LIVE)
      state[slot * STATE + META]! |= DUE | RATED
  }
}
