/**
 * What is in a capture that an agent has made (agent/src/capture/captures.ts): its blocks are walked over, not decoded.
 * The bytes came from an agent: whatever they are, an answer comes of it.
 */

export interface CaptureSummary {
  packets: number
  /** Of these, came before the capture was asked for; 0 without a capture ring. */
  packetsBefore: number
  /** Milliseconds since 1970 of the earliest and the latest packet; undefined: there is none. */
  firstMs: number | undefined
  lastMs: number | undefined
  /** That the agent could not keep, as it says. */
  lostPackets: number
  /** Whether there was a capture ring, how far back it reached, why the capture ended: in words of the agent. */
  notes: string[]
}

const SECTION = 0x0a0d0d0a
const LITTLE_ENDIAN = 0x1a2b3c4d
const STATISTICS = 5
const PACKET = 6
const COMMENT = 1
const DROPPED_BY_SYSTEM = 7
/** Type and length, and the length again. */
const MIN_BLOCK = 12
/** Where options begin. */
const SECTION_OPTIONS = 24
const STATISTICS_OPTIONS = 20
const PACKET_HEAD = 28
const MAX_NOTES = 8
const MAX_NOTE = 400
const NOTHING_ASKED = 'Nothing from before: the agent is too old to know of a capture ring.'
const ASKED = /^Asked for at (\d{4}-\d\d-\d\dT[\d:.]+Z)/

export const describeCapture = (file: Buffer): CaptureSummary => {
  const times: number[] = []
  const notes: string[] = []
  let lostPackets = 0
  for (const block of blocksOf(file)) {
    const type = block.readUInt32LE(0)
    if (type === PACKET && block.length >= PACKET_HEAD)
      times.push((block.readUInt32LE(12) * 2 ** 32 + block.readUInt32LE(16)) / 1e6)
    const at =
      type === SECTION ? SECTION_OPTIONS : type === STATISTICS ? STATISTICS_OPTIONS : block.length
    for (const { code, value } of optionsOf(block, at)) {
      if (code === COMMENT) addNote(notes, value)
      if (code === DROPPED_BY_SYSTEM && type === STATISTICS && value.length === 8)
        lostPackets += Number(value.readBigUInt64LE(0))
    }
  }
  const asked = notes.map((note) => ASKED.exec(note)?.[1]).find((text) => text !== undefined)
  if (asked === undefined) notes.unshift(NOTHING_ASKED)
  const askedMs = Date.parse(asked ?? '')
  return {
    packets: times.length,
    packetsBefore: times.filter((ms) => ms < askedMs).length,
    firstMs: times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b)),
    lastMs: times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b)),
    lostPackets,
    notes,
  }
}

/** Of each interface the same comes again. */
const addNote = (notes: string[], value: Buffer): void => {
  const note = value.toString('utf8').slice(0, MAX_NOTE)
  if (notes.length < MAX_NOTES && !notes.includes(note)) notes.push(note)
}

function* blocksOf(file: Buffer): Generator<Buffer> {
  for (let at = 0; at + MIN_BLOCK <= file.length;) {
    const length = file.readUInt32LE(at + 4)
    if (length < MIN_BLOCK || length % 4 !== 0 || at + length > file.length) return
    const block = file.subarray(at, at + length)
    // Agents write in this order only.
    if (at === 0 && (block.readUInt32LE(0) !== SECTION || block.readUInt32LE(8) !== LITTLE_ENDIAN))
      return
    yield block
    at += length
  }
}

function* optionsOf(block: Buffer, from: number): Generator<{ code: number; value: Buffer }> {
  const end = block.length - 4
  for (let at = from; at + 4 <= end;) {
    const [code, length] = [block.readUInt16LE(at), block.readUInt16LE(at + 2)]
    if (code === 0 || at + 4 + length > end) return
    yield { code, value: block.subarray(at + 4, at + 4 + length) }
    at += 4 + length + (-length & 3)
  }
}
