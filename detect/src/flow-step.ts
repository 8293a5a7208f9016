/** What one flow record adds to the record before it: the detectors' view of traffic. */
import type { FlowReader } from '@netscope/core/flow-record.ts'

/** Valid during the call that hands it over: it is used again for the next record. */
export interface FlowStep {
  readonly agent: string
  /** When the flow's last packet was seen, milliseconds since 1970: the only clock there is. */
  readonly timeMs: number
  readonly firstMs: number
  /** Canonical text (RFC 5952), IPv4-mapped addresses folded. src sent first. */
  readonly src: string
  readonly dst: string
  /** Of ICMP: type. */
  readonly srcPort: number
  /** Of ICMP: type of the answer, or the code. */
  readonly dstPort: number
  /** IANA number. */
  readonly protocol: number
  readonly vlan: number
  readonly ifindex: number
  readonly direction: 'inbound' | 'outbound' | 'forwarded'
  /** No record of this flow came before. */
  readonly isFirst: boolean
  /** Why the flow ended, '' while it lives. */
  readonly end: '' | 'idle' | 'closed' | 'reset' | 'forced'
  /** Since the flow began. */
  readonly srcPackets: number
  readonly dstPackets: number
  readonly srcBytes: number
  readonly dstBytes: number
  /** Since the record before; of the first one everything. */
  readonly newSrcPackets: number
  readonly newDstPackets: number
  readonly newSrcBytes: number
  readonly newDstBytes: number
  /**
   * Milliseconds that the new packets may be spread over, a second at least: since this agent has told of anything, or, up
   * to ten seconds, of this flow.
   */
  readonly spanMs: number
  /** TCP flags of each side, ORed. */
  readonly srcFlags: number
  readonly dstFlags: number
  /** TCP segments of each side since the flow began: SYN without ACK, SYN with ACK, FIN, RST. */
  readonly srcSyn: number
  readonly dstSyn: number
  readonly srcSynAck: number
  readonly dstSynAck: number
  readonly srcFin: number
  readonly dstFin: number
  readonly srcRst: number
  readonly dstRst: number
  /** Only later fragments were seen: ports are unknown. */
  readonly isFragment: boolean
  /**
   * Flows of a flood that this step sums up, of a summary; 0: it is of one flow. Then counters and flags are those of
   * all of them, src is 0.0.0.0 or :: if they came from several addresses, and ports are 0 where they differ.
   */
  readonly condensed: number
  /** Of a summary: distinct sources of the flood so far, estimated. */
  readonly sources: number
  /** Of a summary: packets of its protocol class and direction that the agent had no entry for, to whomever they went. */
  readonly overflow: number
  /** Everything else: names, processes. Undefined in tests that do without. */
  readonly record: FlowReader | undefined
}
