/** Pieces of a byte stream in any order, of which the whole beginning is wanted; bounded in bytes and in pieces. */

/** Chrome cuts its QUIC ClientHello into some dozens of pieces on purpose. */
const MAX_PIECES = 256

interface Piece {
  offset: number
  bytes: Uint8Array
}

export class StreamPieces {
  readonly #maxBytes: number
  #bytes = 0
  readonly #pieces: Piece[] = []

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Keeps a copy (a Buffer's slice() is none), unless it has all of it already; false when there is no room. */
  add(offset: number, bytes: Uint8Array): boolean {
    const end = offset + bytes.length
    const known = this.#pieces.some(
      (piece) => piece.offset <= offset && piece.offset + piece.bytes.length >= end,
    )
    if (known) return true
    if (this.#pieces.length >= MAX_PIECES || this.#bytes + bytes.length > this.#maxBytes)
      return false
    this.#bytes += bytes.length
    this.#pieces.push({ offset, bytes: new Uint8Array(bytes) })
    return true
  }

  /** The bytes from `start` on up to the first gap. */
  from(start: number): Uint8Array {
    const joined = new Uint8Array(this.#bytes)
    let length = 0
    for (const { offset, bytes } of this.#pieces.toSorted((a, b) => a.offset - b.offset)) {
      const skip = start + length - offset
      if (skip < 0) break
      if (skip >= bytes.length) continue
      joined.set(bytes.subarray(skip), length)
      length += bytes.length - skip
    }
    return joined.subarray(0, length)
  }
}
