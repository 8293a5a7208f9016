/** Counts the blocks of a pcapng file as it passes: packets, and what its statistics say was lost. */

const SECTION = 0x0a0d0d0a
const STATISTICS = 5
const ENHANCED_PACKET = 6
const HEAD = 8
/** Of a statistics block: interface and time. */
const STATISTICS_HEAD = 20
const DROPPED_BY_SYSTEM = 7
/** Statistics that are longer are not read. */
const MOST_STATISTICS = 4096

export interface BlockCounts {
  readonly packets: number
  /** Packets that the kernel's ring had no room for; known at the end. */
  readonly lost: number
  /** Whether statistics have come: the file is whole. */
  readonly isWhole: boolean
}

export interface BlockCounter extends BlockCounts {
  push(chunk: Uint8Array): void
}

/** Little-endian files, as NetScope writes them. */
export const createBlockCounter = (): BlockCounter => {
  const kept = Buffer.alloc(MOST_STATISTICS)
  let keptBytes = 0
  /** Bytes of the current block that are still to come; 0: its head is. */
  let left = 0
  let type = 0
  const counts = { packets: 0, lost: 0, isWhole: false }

  const readStatistics = (end: number): void => {
    counts.isWhole = true
    for (let at = STATISTICS_HEAD; at + 12 <= end;) {
      const [code, length] = [kept.readUInt16LE(at), kept.readUInt16LE(at + 2)]
      if (code === DROPPED_BY_SYSTEM && length === 8)
        counts.lost += Number(kept.readBigUInt64LE(at + 4))
      if (code === 0) return
      at += 4 + length + (-length & 3)
    }
  }

  const begin = (): void => {
    type = kept.readUInt32LE(0)
    const length = kept.readUInt32LE(4)
    left = Math.max(0, length - HEAD)
    if (type === ENHANCED_PACKET) counts.packets++
    if (type === SECTION) counts.isWhole = false
  }

  const end = (): void => {
    if (type === STATISTICS) readStatistics(keptBytes)
    keptBytes = 0
  }

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length;) {
        const isHead = left === 0
        const take = Math.min(isHead ? HEAD - keptBytes : left, chunk.length - at)
        const room = MOST_STATISTICS - keptBytes
        if (isHead || (type === STATISTICS && take <= room)) {
          kept.set(chunk.subarray(at, at + take), keptBytes)
          keptBytes += take
        }
        at += take
        if (isHead && keptBytes === HEAD) begin()
        else if (!isHead) left -= take
        if (left === 0 && keptBytes >= HEAD) end()
      }
    },
    get packets() {
      return counts.packets
    },
    get lost() {
      return counts.lost
    },
    get isWhole() {
      return counts.isWhole
    },
  }
}
