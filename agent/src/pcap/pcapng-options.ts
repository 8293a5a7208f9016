/** Options of pcapng blocks that matter for counting: names, units of time, direction. */
import type { CaptureInterface } from './capture.ts'
import { createTimeConverter, type TimeConverter } from './pcapng-time.ts'

const IF_NAME = 2
const IF_TSRESOL = 9
const IF_TSOFFSET = 14
const EPB_FLAGS = 2
const MICROSECONDS = 6
/** Names are shown and kept: a longer one is cut. */
const MAX_NAME_BYTES = 64

/** A block in memory: bytes[at .. at + length), body from at + 8 to at + length - 4. */
export interface Block {
  bytes: Buffer
  view: DataView
  littleEndian: boolean
  at: number
  length: number
  offset: number
}

export interface SectionInterface extends CaptureInterface {
  /** 0: no limit */
  snapLength: number
  time: TimeConverter
}

/** Calls `on` with code, start and length of each option from `from`; stops at the first broken one. */
const eachOption = (
  b: Block,
  from: number,
  on: (code: number, at: number, length: number) => void,
): void => {
  const end = b.at + b.length - 4
  for (let at = from; at + 4 <= end;) {
    const code = b.view.getUint16(at, b.littleEndian)
    const length = b.view.getUint16(at + 2, b.littleEndian)
    if (code === 0 || at + 4 + length > end) return
    on(code, at + 4, length)
    at += 4 + length + (-length & 3)
  }
}

/** The interface that an interface description block of at least 20 bytes describes. */
export const readInterface = (b: Block): SectionInterface => {
  let name = ''
  let resolution = MICROSECONDS
  let offset = 0
  eachOption(b, b.at + 16, (code, at, length) => {
    if (code === IF_NAME)
      name = printable(b.bytes.toString('utf8', at, at + Math.min(length, MAX_NAME_BYTES)))
    else if (code === IF_TSRESOL && length >= 1) resolution = b.view.getUint8(at)
    else if (code === IF_TSOFFSET && length >= 8)
      offset = Number(b.view.getBigInt64(at, b.littleEndian))
  })
  return {
    linkType: b.view.getUint16(b.at + 8, b.littleEndian),
    snapLength: b.view.getUint32(b.at + 12, b.littleEndian),
    name,
    time: createTimeConverter(resolution, offset),
  }
}

/** epb_flags (or pack_flags, which has the same code) of the options from `from`; 0 without. */
export const flagsOf = (b: Block, from: number): number => {
  if (from + 8 > b.at + b.length - 4) return 0
  let flags = 0
  eachOption(b, from, (code, at, length) => {
    if (code === EPB_FLAGS && length === 4) flags = b.view.getUint32(at, b.littleEndian)
  })
  return flags
}

/** Control characters of a hostile file must not reach a terminal. */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, '')
