/** Observations on their way to the server: what came since the last tick goes in few frames, what is too much is counted. */
import type { Observation } from '@netscope/core/observation.ts'
import { MAX_OBSERVATIONS } from '@netscope/core/wire.ts'

export interface ObservationOutbox {
  add(observation: Observation): void
  /** Hands on what has come; call once a second. */
  flush(): void
  /** Observations that were given up since start: there were too many, or the server was away too long. */
  lost(): number
}

export interface ObservationOutboxConfig {
  /** Observations that wait at most; the oldest are given up first. */
  maxWaiting?: number
  /** Text that one flush hands on at most, in characters; the rest waits. */
  maxChars?: number
}

export interface ObservationOutboxDeps {
  /** Takes the JSON texts of at most MAX_OBSERVATIONS observations; false: not now. */
  send(texts: readonly string[]): boolean
}

/** One of them has at most some 16 KiB, mostly 500 bytes. */
const MAX_WAITING = 2048
const MAX_CHARS = 1 << 20
const MAX_FRAME_CHARS = 1 << 18

/** While the server is away the newest `maxWaiting` are kept: a device that came meanwhile is known at once. */
export const createObservationOutbox = (
  { maxWaiting = MAX_WAITING, maxChars = MAX_CHARS }: ObservationOutboxConfig,
  { send }: ObservationOutboxDeps,
): ObservationOutbox => {
  let waiting: Observation[] = []
  let lost = 0

  /** Texts of one frame from the front of what waits. */
  const nextFrame = (from: number): { texts: string[]; chars: number } => {
    const texts: string[] = []
    let chars = 0
    for (let at = from; at < waiting.length && texts.length < MAX_OBSERVATIONS; at++) {
      const text = JSON.stringify(waiting[at])
      if (texts.length > 0 && chars + text.length > MAX_FRAME_CHARS) break
      texts.push(text)
      chars += text.length
    }
    return { texts, chars }
  }

  return {
    add(observation) {
      waiting.push(observation)
      // In halves, so that a flood does not move the whole array for each of its packets.
      if (waiting.length < 2 * maxWaiting) return
      lost += waiting.length - maxWaiting
      waiting = waiting.slice(-maxWaiting)
    },
    flush() {
      let at = 0
      for (let left = maxChars; at < waiting.length && left > 0;) {
        const { texts, chars } = nextFrame(at)
        if (!send(texts)) break
        at += texts.length
        left -= chars
      }
      const rest = waiting.slice(at)
      waiting = rest.slice(-maxWaiting)
      lost += rest.length - waiting.length
    },
    lost: () => lost,
  }
}
