/**
 * Rough packet counts of addresses that have no entry (count-min sketch, conservative update), so
 * that a talker among many one-packet sources is recognised. Halved at each rotation.
 */
const ROWS = 3
const WIDTH = 1 << 15

export class PacketSketch {
  readonly #counts = new Uint32Array(ROWS * WIDTH)
  #total = 0

  /** Adds packets and returns how many the address sent beyond the noise of the others. */
  add(hash: number, packets: number): number {
    const counts = this.#counts
    const second = Math.imul(hash, 0x9e3779b1) >>> 0
    const a = hash & (WIDTH - 1)
    const b = WIDTH + (((hash >>> 16) ^ (second & 0x7fff)) % WIDTH)
    const c = 2 * WIDTH + (second >>> 17)
    const count = Math.min(counts[a]!, counts[b]!, counts[c]!) + packets
    if (counts[a]! < count) counts[a] = count
    if (counts[b]! < count) counts[b] = count
    if (counts[c]! < count) counts[c] = count
    const noise = this.#total / WIDTH
    this.#total += packets
    return count - noise
  }

  halve(): void {
    for (let i = 0; i < this.#counts.length; i++) this.#counts[i]! >>>= 1
    this.#total /= 2
  }
}
