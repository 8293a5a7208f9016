/** Acknowledges frames in order: one only when everything before it is taken in, and durable where it must be. */

export interface Acknowledgements {
  /** The frame `seq` of so many bytes is taken in; where `durable` is given, once that has resolved. */
  taken(seq: number, bytes: number, durable?: Promise<void>): void
  /** Sends what may be acknowledged by now. */
  flush(): void
  /** Bytes of frames that wait for something to be durable. */
  readonly waitingBytes: number
  stop(): void
}

export interface AcknowledgementsDeps {
  send(seq: number): void
  /** Something became durable; waitingBytes has fallen. */
  onProgress(): void
  /** Something will not become durable. */
  onFailure(reason: string): void
}

interface Waiting {
  seq: number
  bytes: number
  isDone: boolean
}

export const createAcknowledgements = (deps: AcknowledgementsDeps): Acknowledgements => {
  let queue: Waiting[] = []
  let waitingBytes = 0
  let ready: number | undefined
  let stopped = false

  const settle = (): void => {
    const open = queue.findIndex(({ isDone }) => !isDone)
    const done = queue.splice(0, open < 0 ? queue.length : open)
    for (const { seq, bytes } of done) {
      ready = seq
      waitingBytes -= bytes
    }
  }

  const flush = (): void => {
    if (ready === undefined || stopped) return
    deps.send(ready)
    ready = undefined
  }

  return {
    taken(seq, bytes, durable) {
      if (!durable && queue.length === 0) {
        ready = seq
        return
      }
      const waiting = { seq, bytes, isDone: !durable }
      queue.push(waiting)
      waitingBytes += bytes
      durable?.then(
        () => {
          waiting.isDone = true
          settle()
          flush()
          if (!stopped) deps.onProgress()
        },
        (error: unknown) => {
          if (!stopped) deps.onFailure(error instanceof Error ? error.message : String(error))
        },
      )
    },
    flush,
    get waitingBytes() {
      return waitingBytes
    },
    stop() {
      stopped = true
      queue = []
      waitingBytes = 0
    },
  }
}
