/** Columns of list entries, a page at a time: growing never moves what is there. */
import { PREFIX_WORDS } from './prefix-index.ts'

const PAGE_BITS = 13
export const PAGE_ROWS = 1 << PAGE_BITS

/** No row, in `older` and `newer`. */
export const NONE = -1
/** In `older`: the row is free, and `newer` is the next free one. */
export const FREE = -2

/** 56 bytes per row. */
export interface EntryPage {
  /** PREFIX_WORDS per row; `prefixBytes` is the same memory. */
  prefixes: Uint32Array
  prefixBytes: Uint8Array
  /** Numbers of texts, three per row: reason, origin, author. */
  texts: Uint32Array
  /** Two per row: created, expires. */
  times: Float64Array
  /** Rows before and after in the order of insertion. */
  older: Int32Array
  newer: Int32Array
}

export const pageOf = (row: number): number => row >>> PAGE_BITS
/** Place of a row in its page. */
export const placeOf = (row: number): number => row & (PAGE_ROWS - 1)

export const newEntryPage = (): EntryPage => {
  const prefixes = new Uint32Array(PAGE_ROWS * PREFIX_WORDS)
  return {
    prefixes,
    prefixBytes: new Uint8Array(prefixes.buffer),
    texts: new Uint32Array(PAGE_ROWS * 3),
    times: new Float64Array(PAGE_ROWS * 2),
    older: new Int32Array(PAGE_ROWS),
    newer: new Int32Array(PAGE_ROWS),
  }
}
