/** Where the fields of bpf/trace.h lie; layout.test.ts compares them with the built objects. */

/** struct trace_tuple: the first 36 bytes are those of struct flow_key. */
export const TUPLE = {
  loAddr: 0,
  hiAddr: 16,
  loPort: 32,
  hiPort: 34,
  protocol: 36,
  fromHi: 38,
} as const
export const TUPLE_BYTES = 40

/** struct drop_total_key */
export const PLACE = { ifindex: 0, netns: 4, reason: 8 } as const
export const PLACE_BYTES = 12
/** struct drop_key: a tuple, then a place. */
export const DROP_KEY_BYTES = TUPLE_BYTES + PLACE_BYTES
/** struct drop_count: packets, bytes, last_ns. */
export const DROP_COUNT_BYTES = 24

/** struct retransmission_key: a tuple, then the network namespace. */
export const RETRANSMISSION_KEY_BYTES = TUPLE_BYTES + 4
/** struct retransmission_count: events, segments, last_ns. */
export const RETRANSMISSION_COUNT_BYTES = 24

export const COOKIE_BYTES = 8
/** struct app_bytes: sent, received, and what is the program's own. */
export const APP_BYTES_BYTES = 32

/** struct acceptance */
export const ACCEPTANCE = { cgroupId: 0, pid: 8, uid: 12, command: 16 } as const
export const ACCEPTANCE_BYTES = 32

/** struct trace_counters, u64 each, in order. */
export const TRACE_COUNTERS = [
  'drops',
  'withoutReason',
  'copies',
  'noPacket',
  'dropTuplesFull',
  'dropTotalsFull',
  'retransmissions',
  'segments',
  'retransmissionsFull',
  'appFull',
  'appWithoutCookie',
  'acceptancesFull',
  'acceptancesWithoutCookie',
] as const
export type TraceCounters = Record<(typeof TRACE_COUNTERS)[number], number>

/** struct trace_settings, u32 each, in order. */
export const TRACE_SETTINGS = [
  'lastWithoutReason',
  'packetSocketReason',
  'queuePurgeReason',
  'recvmsgParameters',
  'acceptParameters',
  'hasCookieFunction',
] as const
export type TraceSettings = Record<(typeof TRACE_SETTINGS)[number], number>
