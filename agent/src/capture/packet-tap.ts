/** What copies packets to us: the kernel program offers it (agent/src/kernel/packet-tap.ts). */
import type { CapturedPacket } from './captured-packet.ts'

export interface TapCounts {
  ifindex: number
  /** Packets that passed the filter, super-packets as one. */
  accepted: number
  /** Of these, found no room in the ring. */
  lost: number
}

/** A capture that runs, or has ended and may still hold packets. */
export interface OpenTap {
  /** Visits packets until one is refused by `false`, which stays; true: there are more, for the next call. */
  drain(visit: (packet: CapturedPacket) => boolean): boolean
  /** How full the ring is, 0 to 1. */
  fill(): number
  /** Per interface that had a packet, since it was opened. */
  counts(): TapCounts[]
  /** What is to be said of its counts; empty: nothing. */
  note?(): string
  /** No packet comes any more; those in the ring stay. */
  close(): void
  /** Closes and gives the ring back. */
  free(): void
}

export interface OpenKernelTap extends OpenTap {
  /** Another filter from now on. */
  refilter(filter: Uint8Array): void
}

export interface PacketTap {
  /**
   * `filter`: CAPTURE_FILTER_BYTES; `ringBytes` of the kernel's ring, a power of two, or as is usual. One at a time; throws
   * when the kernel refuses.
   */
  open(filter: Uint8Array, ringBytes?: number): OpenKernelTap
}
