/** How far the clock of an agent is from ours, measured by ping and pong as NTP does (RFC 5905, 8 and 10). */
import type { AgentClock } from '../agents.ts'

export interface ClockSkew {
  /** Payload of a ping. */
  ping(): Uint8Array
  /** Takes the payload of a pong; returns what is wrong with it, if anything is. */
  pong(payload: Uint8Array): string | undefined
  /** By the quickest of the last round trips: it was held up least. */
  read(): AgentClock | undefined
}

const SAMPLES = 8

/** `now` is a steady clock, `wallNow` milliseconds since 1970. */
export const createClockSkew = ({
  now,
  wallNow,
}: {
  now(): number
  wallNow(): number
}): ClockSkew => {
  const samples: AgentClock[] = []
  let pingedAt: number | undefined

  return {
    ping() {
      pingedAt = now()
      const payload = Buffer.alloc(8)
      payload.writeDoubleLE(pingedAt)
      return payload
    },
    pong(payload) {
      if (payload.length !== 16) return `${payload.length} bytes are no pong`
      const view = new DataView(payload.buffer, payload.byteOffset, payload.length)
      const [sentAt, agentMs] = [view.getFloat64(0, true), view.getFloat64(8, true)]
      if (!Number.isFinite(agentMs)) return 'a pong without a time'
      // The answer to an older ping, or to none: it tells nothing.
      if (sentAt !== pingedAt) return undefined
      pingedAt = undefined
      const roundTripMs = now() - sentAt
      samples.push({ offsetMs: agentMs - (wallNow() - roundTripMs / 2), roundTripMs })
      if (samples.length > SAMPLES) samples.shift()
      return undefined
    },
    read: () => samples.toSorted((a, b) => a.roundTripMs - b.roundTripMs)[0],
  }
}
