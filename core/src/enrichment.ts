/**
 * Layout of what the agent adds to a flow's slot (core/src/slot.ts) before it reports the flow: who owns the
 * connection, how its TCP does, and names. Little-endian. A pair holds the value of the lower endpoint's side, then
 * the higher one's; 0 is "not known". Ids refer to the agent's dictionary (core/src/wire.ts).
 */

export const ENRICHMENT_BYTES = 128

/** Offsets from the start of the enrichment. */
export const ENRICHMENT = {
  /** u32 pair: dictionary id of the process that owns the socket of that side. */
  process: 0,
  /** u32 pair: dictionary id of the host name of that side's address. */
  name: 8,
  /** u32: dictionary ids of the server name in TLS, of the JA4 of the client, of the Host in clear-text HTTP. */
  sni: 16,
  ja4: 20,
  httpHost: 24,
  /** u32: dictionary id of the reason of most of the drops in the kernel. */
  dropReason: 28,
  /** u32 pairs: smoothed and smallest round trip time, microseconds, as that side's socket measures them. */
  srttUs: 32,
  minRttUs: 40,
  /** u32 pair: segments that that side's socket has sent again. */
  retransmits: 48,
  /** u32 pair: congestion window of that side's socket, segments. */
  congestionWindow: 56,
  /** u32 pair: delivery rate of that side's socket, payload bytes per second. */
  deliveryRate: 64,
  /** u64 pairs: payload bytes that that side's socket sent (acknowledged ones, or see ENRICHMENT_TRACED) and received. */
  sentBytes: 72,
  receivedBytes: 88,
  /** u32: microseconds from the client socket's SYN to its handshake's end. */
  connectUs: 104,
  /** u32: packets of this flow that the kernel has dropped (not by our lists). */
  drops: 108,
  /** u8 pair: state of that side's socket, index of TCP_STATES. */
  tcpState: 112,
  /** u8: index of CONNECT_OUTCOMES. */
  outcome: 114,
  /** u8: ENRICHMENT_* bits. */
  flags: 115,
  /** u32 pair: round trips that that side's socket has measured. */
  rttSamples: 116,
  /** u32: of a summary (ENRICHMENT_SUMMARY) the distinct sources that its flood has had, estimated. */
  sources: 124,
} as const

/** Bit of `flags`: sentBytes and receivedBytes are what the programs sent and received, by tracing. */
export const ENRICHMENT_TRACED = 1
/** Bit of `flags`: the record sums up many flows of a flood (SUMMARY in core/src/flow-record.ts). */
export const ENRICHMENT_SUMMARY = 2

/** States of a TCP socket (include/net/tcp_states.h); index = the kernel's number. */
export const TCP_STATES = [
  '',
  'established',
  'syn-sent',
  'syn-received',
  'fin-wait-1',
  'fin-wait-2',
  'time-wait',
  'closed',
  'close-wait',
  'last-ack',
  'listen',
  'closing',
  'new-syn-received',
] as const

/** How the client's connect ended. */
export const CONNECT_OUTCOMES = ['', 'connected', 'refused', 'timed-out', 'aborted'] as const
