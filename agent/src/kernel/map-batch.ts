/** Many map entries with few system calls; element by element where the kernel has no batch for a map type. */
import { deleteBatch, deleteElement, errorName, updateBatch, updateElement } from './libbpf.ts'

const ENOENT = -2
const UNSUPPORTED = new Set([-22, -95, -524]) // EINVAL, EOPNOTSUPP, ENOTSUPP: LPM tries before Linux 5.13

const keyAt = (keys: Uint8Array, keyBytes: number, index: number) =>
  keys.subarray(index * keyBytes, (index + 1) * keyBytes)

/** Removes keys; absent ones are skipped. Returns how many were there. Throws on any other error. */
export const deleteMany = (
  fd: number,
  keys: Uint8Array,
  keyBytes: number,
  count: number,
): number => {
  let removed = 0
  const left = Buffer.alloc(4)
  for (let at = 0; at < count;) {
    left.writeUInt32LE(count - at)
    const result: number = deleteBatch(fd, keys.subarray(at * keyBytes), left, null)
    if (UNSUPPORTED.has(result)) return removed + deleteEach(fd, keys, keyBytes, at, count)
    if (result < 0 && result !== ENOENT)
      throw new Error(`removing map entries: ${errorName(result)}`)
    removed += left.readUInt32LE()
    at += left.readUInt32LE() + (result === ENOENT ? 1 : 0)
    if (result === 0) break
  }
  return removed
}

const deleteEach = (
  fd: number,
  keys: Uint8Array,
  keyBytes: number,
  from: number,
  count: number,
) => {
  let removed = 0
  for (let i = from; i < count; i++) {
    const result: number = deleteElement(fd, keyAt(keys, keyBytes, i))
    if (result === 0) removed++
    else if (result !== ENOENT) throw new Error(`removing a map entry: ${errorName(result)}`)
  }
  return removed
}

/** Writes `count` keys with zero u32 values; returns 0, or the first -errno. */
export const insertMany = (
  fd: number,
  keys: Uint8Array,
  keyBytes: number,
  count: number,
): number => {
  if (count === 0) return 0
  const values = new Uint8Array(count * 4)
  const done = Buffer.alloc(4)
  done.writeUInt32LE(count)
  const result: number = updateBatch(fd, keys, values, done, null)
  if (!UNSUPPORTED.has(result)) return result
  for (let i = 0; i < count; i++) {
    const one: number = updateElement(fd, keyAt(keys, keyBytes, i), values.subarray(0, 4), 0)
    if (one < 0) return one
  }
  return 0
}
