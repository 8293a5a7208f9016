/** Layout of the records of a capture and of its filter (bpf/capture.h); test/contract.test.ts compares it through BTF. */

/** Bytes before those of the packet. */
export const CAPTURED_BYTES = 72

/** Offsets in `struct captured_packet`. */
export const CAPTURED = {
  timeNs: 0,
  srcAddr: 8,
  dstAddr: 24,
  srcPort: 40,
  dstPort: 42,
  ifindex: 44,
  slot: 48,
  length: 52,
  captured: 56,
  segments: 60,
  vlanTci: 64,
  vlanProto: 66,
  direction: 68,
  verdict: 69,
  protocol: 70,
  linkHeaderBytes: 71,
} as const

/** One record, where it lies: valid only while it is visited. */
export interface CapturedPacket {
  view: DataView
  /** Start of the record in `view`; the packet's bytes begin CAPTURED_BYTES after it. */
  at: number
}

/** Most bytes of a packet that a record holds (MAX_CAPTURED). */
export const MAX_SNAP_LENGTH = 65_535
/** Fewer than an Ethernet header has make no record (copy() in bpf/capture.h). */
export const MIN_SNAP_LENGTH = 16

export const CAPTURE_FILTER_BYTES = 96

/** Offsets in `struct capture_filter`. */
export const CAPTURE_FILTER = {
  addr: 0,
  mask: 16,
  ifindex: 32,
  snapLength: 36,
  port: 40,
  hasPort: 42,
  hasProtocol: 43,
  protocol: 44,
  hasKey: 45,
  ownPage: 46,
  key: 48,
} as const
