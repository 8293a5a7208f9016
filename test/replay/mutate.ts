/** Damages captures at random, in the ways that find bugs: flipped bits, cut ends, moved pieces, wild lengths. */
import type { Random } from '@netscope/agent/mock/random.ts'

const WILD: readonly [number, ...number[]] = [
  0, 1, 3, 4, 11, 12, 0x7fff, 0xffff, 0x10000, 262144, 262145, 0x7fffffff, 0x80000000, 0xffffffff,
]

/** A damaged copy of `capture`, at most twice as long. */
export const mutate = (capture: Uint8Array, random: Random): Uint8Array => {
  let bytes: Uint8Array = Uint8Array.from(capture)
  for (let i = random.int(1, 8); i > 0; i--) bytes = mutateOnce(bytes, random)
  return bytes.subarray(0, 2 * capture.length)
}

const mutateOnce = (bytes: Uint8Array, random: Random): Uint8Array => {
  if (bytes.length < 8) return bytes
  const at = random.int(0, bytes.length - 5)
  switch (random.int(0, 6)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(0, 7))
      return bytes
    case 1:
      bytes[at] = random.int(0, 255)
      return bytes
    case 2:
      new DataView(bytes.buffer, bytes.byteOffset).setUint32(
        at & ~3,
        random.pick(WILD),
        random.chance(0.5),
      )
      return bytes
    case 3:
      return bytes.slice(0, at)
    case 4: {
      const piece = bytes.slice(at, at + random.int(1, 64))
      return joined(bytes.subarray(0, at), piece, bytes.subarray(at))
    }
    case 5:
      return joined(bytes.subarray(0, at), bytes.subarray(at + random.int(1, 64)))
    default:
      return joined(bytes, bytes.subarray(at))
  }
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
