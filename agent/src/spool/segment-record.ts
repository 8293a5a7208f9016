/**
 * A batch in a segment file: u32 magic, u32 bytes of the payload, u32 CRC-32 of all that follows, u32 sequence number,
 * f64 epoch, u32 records, u32 0, then the payload. Little-endian.
 */
import { readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { MAX_FRAME_BYTES } from '@netscope/core/wire.ts'

export const RECORD_HEAD_BYTES = 32
const MAGIC = 0x3150534e // NSP1
const CHECKED_FROM = 12

/** What a batch is called, and how many records of ended flows it holds. */
export interface BatchTag {
  epoch: number
  seq: number
  records: number
}

export interface StoredRecord extends BatchTag {
  payload: Buffer
  /** Where the next one begins in the file. */
  next: number
}

/** The head of a batch whose payload is `pieces`. */
export const encodeHead = (
  { epoch, seq, records }: BatchTag,
  pieces: readonly Uint8Array[],
): Buffer => {
  const head = Buffer.alloc(RECORD_HEAD_BYTES)
  head.writeUInt32LE(MAGIC, 0)
  head.writeUInt32LE(
    pieces.reduce((sum, piece) => sum + piece.length, 0),
    4,
  )
  head.writeUInt32LE(seq, 12)
  head.writeDoubleLE(epoch, 16)
  head.writeUInt32LE(records, 24)
  head.writeUInt32LE(crcOf(head, pieces), 8)
  return head
}

const crcOf = (head: Buffer, pieces: readonly Uint8Array[]): number =>
  pieces.reduce((crc, piece) => crc32(piece, crc), crc32(head.subarray(CHECKED_FROM)))

/** Why a file ends before its end. */
export type Torn = 'torn'

/** The batch at byte `at` of a file of `length` bytes; undefined at its end; `torn`: what is there is not whole. */
export const readRecord = (
  fd: number,
  at: number,
  length: number,
): StoredRecord | Torn | undefined => {
  const head = readHead(fd, at, length)
  if (head === undefined || head === 'torn') return head
  const payload = Buffer.allocUnsafeSlow(head.bytes)
  if (!readFully(fd, payload, at + RECORD_HEAD_BYTES)) return 'torn'
  if (crcOf(head.head, [payload]) !== head.head.readUInt32LE(8)) return 'torn'
  return { ...head.tag, payload, next: at + RECORD_HEAD_BYTES + head.bytes }
}

/** What the batches of a file are called, without reading or checking their payload. */
export const readTags = (fd: number, length: number): BatchTag[] => {
  const tags: BatchTag[] = []
  for (let at = 0; ;) {
    const head = readHead(fd, at, length)
    if (head === undefined || head === 'torn') return tags
    tags.push(head.tag)
    at += RECORD_HEAD_BYTES + head.bytes
  }
}

const readHead = (
  fd: number,
  at: number,
  length: number,
): { head: Buffer; tag: BatchTag; bytes: number } | Torn | undefined => {
  if (at >= length) return undefined
  const head = Buffer.allocUnsafe(RECORD_HEAD_BYTES)
  if (at + RECORD_HEAD_BYTES > length || !readFully(fd, head, at)) return 'torn'
  const bytes = head.readUInt32LE(4)
  if (head.readUInt32LE(0) !== MAGIC || bytes > MAX_FRAME_BYTES) return 'torn'
  if (at + RECORD_HEAD_BYTES + bytes > length) return 'torn'
  const [seq, epoch] = [head.readUInt32LE(12), head.readDoubleLE(16)]
  return { head, tag: { seq, epoch, records: head.readUInt32LE(24) }, bytes }
}

const readFully = (fd: number, into: Buffer, at: number): boolean => {
  for (let done = 0; done < into.length;) {
    const read = readSync(fd, into, done, into.length - done, at + done)
    if (read === 0) return false
    done += read
  }
  return true
}
