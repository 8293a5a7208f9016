/**
 * Damaged frames: nothing crashes or hangs, and what a record holds stays within its bounds, so that the server takes it:
 * what an agent reads must never break its connection.
 * NETSCOPE_MUTATIONS sets how many for each decoder (default 3000), NETSCOPE_SEED which.
 */
import { expect, it } from 'vitest'
import { createRandom } from '@netscope/agent/mock/random.ts'
import { decodeFrame } from '@netscope/agent/observe/decode-frame.ts'
import { META } from '@netscope/agent/observe/observe-rig.ts'
import { parseObservations } from '@netscope/server/ingest/messages.ts'
import { mutate } from '../replay/mutate.ts'
import { SAMPLE_FRAMES } from './sample-frames.ts'

const MUTATIONS = Number(process.env['NETSCOPE_MUTATIONS'] ?? 3000)
const SEED = Number(process.env['NETSCOPE_SEED'] ?? 1)
/** A text has 255 characters at most, a client id 135 bytes in hexadecimal; JSON may escape some. */
const MAX_TEXT = 270
const MAX_LIST = 255
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

const problemOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') {
    if (value.length > MAX_TEXT) return `text of ${value.length}`
    return UNPRINTABLE.test(value) || !value.isWellFormed()
      ? `text ${JSON.stringify(value)}`
      : undefined
  }
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'not a number'
  if (Array.isArray(value) && value.length > MAX_LIST) return `list of ${value.length}`
  if (typeof value !== 'object' || value === null) return undefined
  return Object.values(value)
    .map(problemOf)
    .find((problem) => problem !== undefined)
}

for (const [kind, frames] of Object.entries(SAMPLE_FRAMES))
  it(
    `takes ${MUTATIONS} damaged ${kind} frames (seed ${SEED})`,
    { timeout: 30_000 + 2 * MUTATIONS },
    () => {
      const random = createRandom(SEED)
      const seen = { read: 0, refused: 0, incomplete: 0 }
      for (let i = 0; i < MUTATIONS; i++) {
        const frame = mutate(frames[i % frames.length]!, random)
        // In half of the frames the headers stay whole, so that damage reaches the decoder.
        if (random.chance(0.5))
          frame.set(frames[i % frames.length]!.subarray(0, Math.min(42, frame.length)))
        const observation = decodeFrame(frame, 14, META)
        if (observation === undefined) seen.refused++
        else {
          seen.read++
          if ('incomplete' in observation && observation.incomplete) seen.incomplete++
          const payload = Buffer.from(JSON.stringify({ observations: [observation] }))
          const parsed = parseObservations(payload)
          const problem =
            problemOf(observation) ?? ('problem' in parsed ? parsed.problem : undefined)
          if (problem !== undefined) expect.fail(`mutation ${i} of seed ${SEED}: ${problem}`)
        }
      }
      // The mutations must reach both what is read and what is refused.
      expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(MUTATIONS / 20)
      if (kind !== 'arp') expect(seen.incomplete).toBeGreaterThan(MUTATIONS / 50)
    },
  )
