/** Rows of the tracing programs' tables, decoded. */
import type { DropReasons } from './drop-reasons.ts'
import type { Growth } from './growing-table.ts'
import { ACCEPTANCE, PLACE, TUPLE, TUPLE_BYTES } from './layout.ts'

/** A packet's or a socket's 5-tuple in the canonical order of flow keys. */
export interface TraceTuple {
  /** lo_addr, hi_addr, lo_port, hi_port: the first 36 bytes of struct flow_key. All 0: not known. */
  endpoints: Uint8Array
  protocol: number
  /** 0: lo has sent the packet; 1: hi has. */
  sender: 0 | 1
}

/** Packets that the kernel dropped since the last read, of one 5-tuple at one place. */
export interface DropRow extends DropTotalRow {
  tuple: TraceTuple
}

export interface DropTotalRow {
  /** In `netns`; 0: not known. */
  ifindex: number
  /** Inode number of the network namespace; 0: not known. */
  netns: number
  /** `QDISC_DROP` */
  reason: string
  /** On the wire. */
  packets: number
  /** L3 bytes; of super-packets without the headers of further segments. */
  bytes: number
}

/** What a socket of this host sent again since the last read. */
export interface RetransmissionRow {
  tuple: TraceTuple
  netns: number
  /** Buffers, of one or more segments. */
  events: number
  segments: number
}

/** What the application handed over and was given since the last read. */
export interface AppBytesRow {
  cookie: bigint
  sent: number
  received: number
}

/** The process that took a connection from a listener's queue. */
export interface AcceptedRow {
  /** Of the new socket. */
  cookie: bigint
  pid: number
  uid: number
  cgroupId: bigint
  command: string
}

const ENDPOINT_BYTES = 36

const decodeTuple = (key: Buffer): TraceTuple => ({
  endpoints: Uint8Array.from(key.subarray(0, ENDPOINT_BYTES)),
  protocol: key.readUInt8(TUPLE.protocol),
  sender: key.readUInt8(TUPLE.fromHi) === 0 ? 0 : 1,
})

export const decodeDropTotal = (
  { key, first, second }: Growth,
  reasons: Pick<DropReasons, 'name'>,
): DropTotalRow => ({
  ifindex: key.readUInt32LE(PLACE.ifindex),
  netns: key.readUInt32LE(PLACE.netns),
  reason: reasons.name(key.readUInt32LE(PLACE.reason)),
  packets: first,
  bytes: second,
})

export const decodeDrop = (growth: Growth, reasons: Pick<DropReasons, 'name'>): DropRow => ({
  tuple: decodeTuple(growth.key),
  ...decodeDropTotal({ ...growth, key: growth.key.subarray(TUPLE_BYTES) }, reasons),
})

export const decodeRetransmission = ({ key, first, second }: Growth): RetransmissionRow => ({
  tuple: decodeTuple(key),
  netns: key.readUInt32LE(TUPLE_BYTES),
  events: first,
  segments: second,
})

export const decodeAppBytes = ({ key, first, second }: Growth): AppBytesRow => ({
  cookie: key.readBigUInt64LE(),
  sent: first,
  received: second,
})

export const decodeAccepted = (cookie: bigint, value: Buffer): AcceptedRow => {
  const command = value.subarray(ACCEPTANCE.command)
  const end = command.indexOf(0)
  return {
    cookie,
    pid: value.readUInt32LE(ACCEPTANCE.pid),
    uid: value.readUInt32LE(ACCEPTANCE.uid),
    cgroupId: value.readBigUInt64LE(ACCEPTANCE.cgroupId),
    command: command.toString('utf8', 0, end < 0 ? command.length : end),
  }
}
