/** What the readers of both capture formats hand on, and how a file can be wrong. */

/** An interface that a capture names; a pcap file has exactly one. */
export interface CaptureInterface {
  /** LINKTYPE_ number (https://www.tcpdump.org/linktypes.html). */
  linkType: number
  /** pcapng if_name, or '' */
  name: string
}

/** One packet, valid only during the call: the same object is used for all. */
export interface CapturePacket {
  bytes: Buffer
  /** The captured bytes are bytes[start .. start + captured). */
  start: number
  captured: number
  /** Length on the wire, at least `captured`. */
  wire: number
  /** Since 1970; `nanos` below 1e9. */
  seconds: number
  nanos: number
  interface: CaptureInterface
  /** 0 ingress, 1 egress, undefined where the capture doesn't say. */
  direction: 0 | 1 | undefined
}

export interface CaptureSink {
  /** Returns true to pause after this packet; it stays valid until reading goes on. */
  packet(packet: CapturePacket): boolean
  /** A packet record that can't be read at all, while the ones after it can. */
  badRecord(cause: string): void
}

/** Reads records out of a growing stretch of a file. */
export interface CaptureParser {
  /**
   * Reads whole records from the start of `bytes`, which begin at `offset` of the file. Returns how many
   * bytes are done with: more than `bytes` has when a long block is to be skipped. Stops early when the
   * sink wants to pause. Throws CaptureError.
   */
  parse(bytes: Buffer, offset: number): number
  interfaces(): readonly CaptureInterface[]
}

/** Longest packet that is read (MAXIMUM_SNAPLEN of libpcap). */
export const MAX_PACKET_BYTES = 262144

/** Where and why a capture can't be read on. */
export class CaptureError extends Error {
  readonly offset: number
  constructor(offset: number, cause: string) {
    super(cause)
    this.name = 'CaptureError'
    this.offset = offset
  }
}

/** A packet object for a parser to fill. */
export const createPacket = (face: CaptureInterface): CapturePacket => ({
  bytes: Buffer.alloc(0),
  start: 0,
  captured: 0,
  wire: 0,
  seconds: 0,
  nanos: 0,
  interface: face,
  direction: undefined,
})
