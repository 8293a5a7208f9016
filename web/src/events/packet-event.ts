/** One packet as `GET /events` tells it. */
import type { Direction, Verdict } from '@netscope/core/slot.ts'

export interface PacketEvent {
  /** Time of day in the server's timezone, 'HH:MM:SS.mmm'. */
  time: string
  /** Increases by one per event of the server. */
  seq: number
  src: string
  dst: string
  proto: string
  action: Verdict
  direction: Direction
  srcPort: number
  dstPort: number
  /** L3 bytes. */
  length: number
  packets: number
  interface: string
  vlan: number
  tcpFlags: number | string
}
