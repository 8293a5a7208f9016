/** Frames that the engine hands over for decoding (bpf/observe.h), in its memory until they are drained. */
import {
  CONTROL,
  OBSERVATION,
  OBSERVATION_BYTES,
  OBSERVATION_COUNTERS as COUNTERS,
} from '@netscope/core/slot.ts'
import type { ObservationRing } from '../source.ts'
import type { Exports } from './engine.ts'

/** `u64` reads a counter of the engine's memory. */
export const createObservations = (
  wasm: Exports,
  view: DataView,
  u64: (at: number) => number,
): ObservationRing => {
  const [control, counters] = [wasm.control_page(), wasm.observation_counts()]
  const [from, usedAt] = [wasm.observations(), wasm.observation_bytes()]
  return {
    observe: ({ maxPerSecond, http, hopsPerSecond = 0 }) => {
      const per10ms = (perSecond: number) => Math.min(0xffffffff, Math.ceil(perSecond / 100))
      view.setUint16(control + CONTROL.observeHttp, http ? 1 : 0, true)
      view.setUint32(control + CONTROL.observePer10ms, per10ms(maxPerSecond), true)
      view.setUint32(
        control + CONTROL.hopsPer10ms,
        per10ms(Math.min(maxPerSecond, hopsPerSecond)),
        true,
      )
    },
    drain: (on) => {
      const end = from + view.getUint32(usedAt, true)
      let count = 0
      for (let at = from; at < end; count++) {
        const bytes = OBSERVATION_BYTES + view.getUint16(at + OBSERVATION.captured, true)
        on(new Uint8Array(view.buffer, at, bytes))
        at += (bytes + 7) & ~7
      }
      view.setUint32(usedAt, 0, true)
      return count
    },
    counts: () => ({
      sent: u64(counters + COUNTERS.sent),
      skipped: u64(counters + COUNTERS.skipped),
      lost: u64(counters + COUNTERS.lost),
    }),
  }
}
