/** Hashes of texts and integers, for tables and estimates: quick, and no secret. */

/** FNV-1a over UTF-16 code units, 32 bits with a sign; another `basis` gives another hash. */
export const hashText = (text: string, basis = 0x811c9dc5): number => {
  let hash = basis | 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}

/** The finalizer of MurmurHash3, 32 bits without a sign: one to one, so that integers never collide. */
export const mixHash = (value: number): number => {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
