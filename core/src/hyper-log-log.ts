/** How many distinct hashes were seen, by registers (Flajolet et al. 2007, with linear counting for small sets). */

/** Takes in a well mixed u32; whether a register changed. `registers`: a power of two of them, zeros at first. */
export const putHash = (registers: Uint8Array, hash: number): boolean => {
  const bits = 31 - Math.clz32(registers.length)
  const index = hash >>> (32 - bits)
  const rank = Math.clz32((hash << bits) | (1 << (bits - 1))) + 1
  if (rank <= registers[index]!) return false
  registers[index] = rank
  return true
}

/** Standard error: 1.04 / √registers. For 128 registers and more. */
export const estimateDistinct = (registers: Uint8Array): number => {
  const { length } = registers
  let sum = 0
  let zeros = 0
  for (let i = 0; i < length; i++) {
    sum += 2 ** -registers[i]!
    if (registers[i] === 0) zeros++
  }
  const raw = ((0.7213 / (1 + 1.079 / length)) * length * length) / sum
  return raw <= 2.5 * length && zeros > 0 ? length * Math.log(length / zeros) : raw
}
