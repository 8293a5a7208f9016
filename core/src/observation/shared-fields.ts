/** What all observations have. */
import type { Direction } from '../slot.ts'

/** Fields of every observation. */
export interface ObservationShared {
  /** When the frame was seen, milliseconds since 1970. */
  timeMs: number
  /** Name of the interface where it was seen. */
  interface: string
  /** Its number in the kernel, or in a capture. */
  ifindex: number
  /** Outer VLAN id, 0 without a tag. */
  vlan: number
  /** Second VLAN id of QinQ, 0 without one. */
  innerVlan: number
  direction: Direction
  /** Of the Ethernet header, as `02:00:5e:10:00:01`; '' where the link has none or it was not captured. */
  srcMac: string
  dstMac: string
}

/** Fields of observations in IP packets. */
export interface PacketObservation extends ObservationShared {
  /** Addresses of the IP header, text by RFC 5952. */
  src: string
  dst: string
  /**
   * Not all of it was read: it was cut off, a part of it is malformed, it is the first of several
   * fragments, or it has more than we keep.
   */
  incomplete: boolean
}
