/** Counts the frames of a WebSocket server in what a socket brings (RFC 6455, section 5.2); servers do not mask. */

export interface FrameCounter {
  readonly frames: number
  push(chunk: Buffer): void
}

/** Begins after the answer to the upgrade. */
export const createFrameCounter = (): FrameCounter => {
  let frames = 0
  let rest: Buffer = Buffer.alloc(0)
  let skip = 0
  let isOpen = false

  const headOf = (bytes: Buffer): number | undefined => {
    const short = (bytes[1] ?? 0) & 127
    const size = short < 126 ? 2 : short === 126 ? 4 : 10
    if (bytes.length < size) return undefined
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
    return size + length
  }

  return {
    get frames() {
      return frames
    },
    push(chunk) {
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      if (!isOpen) {
        const end = bytes.indexOf('\r\n\r\n')
        rest = bytes
        if (end < 0) return
        isOpen = true
        bytes = bytes.subarray(end + 4)
      }
      while (bytes.length > 0) {
        if (skip === 0) {
          const size = bytes.length < 2 ? undefined : headOf(bytes)
          if (size === undefined) break
          skip = size
          frames++
        }
        const taken = Math.min(skip, bytes.length)
        skip -= taken
        bytes = bytes.subarray(taken)
      }
      rest = bytes
    },
  }
}
