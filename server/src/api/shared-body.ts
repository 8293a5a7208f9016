/** Answers that many clients ask for: each is made once and kept for a moment, with its ETag. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { etagOf, setEtag } from './etag.ts'

interface Kept {
  madeAtMs: number
  body: Promise<{ bytes: Buffer; etag: string }>
}

export interface SharedBodies {
  /** Answers with the JSON text that `make` gives, or with what it gave less than `maxAgeMs` ago for the same key. */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    key: string,
    make: () => string | Promise<string>,
  ): Promise<FastifyReply>
  /** What was made is not sent any more: something has changed. */
  forget(): void
}

export interface SharedBodiesConfig {
  maxAgeMs: number
  /** Bodies that are kept; the oldest goes first. */
  maxBodies: number
}

/** `now`: milliseconds of a clock that never steps back. */
export const createSharedBodies = (
  { maxAgeMs, maxBodies }: SharedBodiesConfig,
  { now }: { now(): number },
): SharedBodies => {
  const kept = new Map<string, Kept>()

  const make = (key: string, text: () => string | Promise<string>): Kept => {
    const body = (async () => {
      const bytes = Buffer.from(await text())
      return { bytes, etag: etagOf(bytes) }
    })()
    const made = { madeAtMs: now(), body }
    kept.delete(key)
    kept.set(key, made)
    if (kept.size > maxBodies) kept.delete(kept.keys().next().value as string)
    body.catch(() => {
      if (kept.get(key) === made) kept.delete(key)
    })
    return made
  }

  return {
    async send(request, reply, key, text) {
      const known = kept.get(key)
      const isGood = known !== undefined && now() - known.madeAtMs < maxAgeMs
      const { bytes, etag } = await (isGood ? known : make(key, text)).body
      if (setEtag(request, reply, etag)) return reply.send()
      return reply.type('application/json; charset=utf-8').send(bytes)
    },
    forget: () => kept.clear(),
  }
}
