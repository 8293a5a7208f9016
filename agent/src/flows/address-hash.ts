/** Hash of an address of four words. Seeded, so that nobody can choose addresses that collide. */
export const hashAddress = (words: Uint32Array, at: number, seed: number): number => {
  let h = seed
  for (let i = 0; i < 4; i++) {
    h = Math.imul(h ^ words[at + i]!, 0x9e3779b1)
    h = Math.imul(h ^ (h >>> 15), 0x85ebca77)
  }
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae3d)
  return (h ^ (h >>> 16)) >>> 0
}
