/** The kernel's ring buffer of observed frames. */
import { OBSERVATION, OBSERVATION_BYTES } from '@netscope/core/slot.ts'
import type { ObservationRing } from '../source.ts'
import type { Control } from './control.ts'
import type { Ring } from './event-ring.ts'
import { possibleCpus } from './libbpf.ts'
import { readPerCpu } from './per-cpu.ts'

/** As in bpf/tables.h. */
export const OBSERVATION_RING_BYTES = 1 << 20
/** Words of `struct observation_counters`, 8 bytes each. */
const COUNTER_WORDS = 12
/** Per CPU: question and answer, and both segments of a hello, come at once on one of many. */
const LEAST_PER_10MS = 8

/** `statsFd`: the map observation_stats. The kernel's limit is per CPU and 10 ms, ours is per host and second. */
export const createObservationRing = (
  ring: Ring,
  statsFd: number,
  control: Pick<Control, 'observe'>,
): ObservationRing => {
  const zero = Buffer.alloc(4)
  return {
    observe: ({ maxPerSecond, http, hopsPerSecond = 0 }) => {
      const share = (perSecond: number) => Math.ceil(perSecond / 100 / possibleCpus())
      control.observe(
        maxPerSecond === 0 ? 0 : Math.max(LEAST_PER_10MS, share(maxPerSecond)),
        http,
        share(hopsPerSecond),
      )
    },
    drain: (on) =>
      ring.drain((words, at) => {
        const captured = words[at + OBSERVATION.captured / 4]! & 0xffff
        on(new Uint8Array(words.buffer, words.byteOffset + 4 * at, OBSERVATION_BYTES + captured))
      }),
    counts: () => {
      const [, sent = 0, skipped = 0, lost = 0] = readPerCpu(statsFd, zero, COUNTER_WORDS) ?? []
      return { sent, skipped, lost }
    },
  }
}
