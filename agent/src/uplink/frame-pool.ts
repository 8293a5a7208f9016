/**
 * Buffers of large frames, used again: their memory lies outside of V8's heap, where garbage is
 * collected late. At 100,000 flows the agent would hold tens of megabytes of it.
 */

export interface FramePool {
  /** A buffer of `length` bytes with any content. */
  take(length: number): Buffer
  /** Gives back a buffer that nobody reads any more; one that is not from here is left to the collector. */
  give(frame: Uint8Array): void
}

/** Frames of more than half of `frameBytes` are pooled; `keep` of them are held at most. */
export const createFramePool = (frameBytes: number, keep: number): FramePool => {
  const free: ArrayBuffer[] = []
  const ours = new WeakSet<ArrayBufferLike>()
  return {
    take: (length) => {
      // A small one must not hold the memory of a large one while it waits for an acknowledgement.
      if (length > frameBytes || length * 2 < frameBytes) return Buffer.allocUnsafeSlow(length)
      const memory = free.pop() ?? new ArrayBuffer(frameBytes)
      ours.add(memory)
      return Buffer.from(memory, 0, length)
    },
    give: ({ buffer }) => {
      if (free.length >= keep || !(buffer instanceof ArrayBuffer) || !ours.delete(buffer)) return
      free.push(buffer)
    },
  }
}
