/** The TCP connections that share one set of labels: one, or with folded client ports all of a client to a service. */
import { formatAddress } from '@netscope/core/address.ts'
import { RECORD_HEADER_BYTES } from '@netscope/core/flow-record.ts'
import { KEY, SLOT } from '@netscope/core/slot.ts'
import { noAmounts } from './tcp-amounts.ts'
import type { Amounts } from './tcp-amounts.ts'

export interface ConnectionGroup {
  readonly key: string
  src: string
  dst: string
  /** Empty where client ports are folded. */
  srcPort: string
  dstPort: string
  /** Live connections. */
  connections: number
  /** Payload bytes, older ones count less; comparable between groups of one book only. */
  weight: number
  /** Has a series of its own. */
  labelled: boolean
  /** What its flows have counted and its series does not show yet. */
  pending: Amounts
  /** What its series shows. */
  shown: Amounts
  /** Sum and number of the smoothed RTTs of its live connections, microseconds. */
  rttSumUs: number
  rtts: number
  /** When its last connection ended. */
  endedAtMs: number
}

const CLIENT = RECORD_HEADER_BYTES + SLOT.client
const RECORD_KEY = RECORD_HEADER_BYTES + SLOT.key

/** Offsets of what a record says of its client and of the other side. */
const sidesOf = (view: DataView, at: number) => {
  const key = at + RECORD_KEY
  const lo = { address: key + KEY.loAddr, port: key + KEY.loPort }
  const hi = { address: key + KEY.hiAddr, port: key + KEY.hiPort }
  return view.getUint8(at + CLIENT) === 0 ? { src: lo, dst: hi } : { src: hi, dst: lo }
}

/** Address and port in a record's key, as a string of as many code units as bytes. */
const bytesOf = (view: DataView, from: number, length: number): string =>
  Buffer.from(view.buffer, view.byteOffset + from, length).toString('latin1')

/** Which connection a record is of: both endpoints, whichever interface has seen it. */
export const connectionKey = (view: DataView, at: number): string =>
  bytesOf(view, at + RECORD_KEY, KEY.hiPort + 2)

export const groupKey = (view: DataView, at: number, foldClientPorts: boolean): string => {
  const { src, dst } = sidesOf(view, at)
  const client = foldClientPorts ? '' : bytesOf(view, src.port, 2)
  return (
    bytesOf(view, src.address, 16) +
    bytesOf(view, dst.address, 16) +
    bytesOf(view, dst.port, 2) +
    client
  )
}

export const createConnectionGroup = (
  key: string,
  view: DataView,
  at: number,
  foldClientPorts: boolean,
): ConnectionGroup => {
  const { src, dst } = sidesOf(view, at)
  return {
    key,
    src: formatAddress(view, src.address),
    dst: formatAddress(view, dst.address),
    srcPort: foldClientPorts ? '' : String(view.getUint16(src.port, true)),
    dstPort: String(view.getUint16(dst.port, true)),
    connections: 0,
    weight: 0,
    labelled: false,
    pending: noAmounts(),
    shown: noAmounts(),
    rttSumUs: 0,
    rtts: 0,
    endedAtMs: 0,
  }
}
