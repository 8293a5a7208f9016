/** A stream of the API that is opened again when it breaks. */
import { setTimeout as pause } from 'node:timers/promises'
import { createEventReader } from './event-lines.ts'
import { isRefused, request, unreachable } from './request.ts'

/** The server writes every second, and a heartbeat every 15 s where it is behind. */
const SILENT_MS = 20_000
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 5_000

export interface StreamNotices {
  /** The stream broke; said once, until it is there again. */
  lost(reason: string): void
  back(): void
}

/** The events of one connection, until it ends. */
async function* once(url: URL, signal: AbortSignal): AsyncGenerator<string> {
  const silence = new AbortController()
  const either = AbortSignal.any([signal, silence.signal])
  const timer = setTimeout(() => silence.abort(new Error('the server fell silent')), SILENT_MS)
  try {
    const { body } = await request(url, either)
    const read = createEventReader()
    const decoder = new TextDecoder()
    for await (const bytes of body as AsyncIterable<Uint8Array>) {
      timer.refresh()
      yield* read(decoder.decode(bytes, { stream: true }))
      timer.refresh()
    }
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The data of each event until `signal` aborts, over as many connections as it takes. Throws when the first
 * one cannot be made, and whenever the server refuses.
 */
export async function* eventStream(
  url: URL,
  signal: AbortSignal,
  notices: StreamNotices,
): AsyncGenerator<string> {
  let [hasBeenThere, isLost, waitMs] = [false, false, FIRST_WAIT_MS]
  while (!signal.aborted) {
    let reason = 'the server closed the stream'
    try {
      for await (const data of once(url, signal)) {
        if (isLost) notices.back()
        ;[hasBeenThere, isLost, waitMs] = [true, false, FIRST_WAIT_MS]
        yield data
      }
    } catch (error) {
      if (signal.aborted) return
      const failed = error instanceof TypeError ? unreachable(url, error) : (error as Error)
      if (!hasBeenThere || isRefused(failed)) throw failed
      reason = failed.message
    }
    if (signal.aborted) return
    if (!isLost) notices.lost(reason)
    isLost = true
    await pause(waitMs, undefined, { signal }).catch(() => undefined)
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)
  }
}
