/** Layout of `struct socket_slot` (bpf/socket.h) in 32-bit words, for reading the slots in place (little-endian). */

export const SOCKET_BYTES = 192

/** Offsets in bytes; `owner` holds `struct socket_owner`. */
export const SOCKET = {
  cookie: 0,
  lastNs: 8,
  sentBytes: 16,
  receivedBytes: 24,
  srttUs: 32,
  minRttUs: 36,
  rttSamples: 40,
  retransmits: 44,
  retransmitEvents: 48,
  congestionWindow: 52,
  deliveryRate: 56,
  slotState: 60,
  tcpState: 61,
  protocol: 62,
  role: 63,
  localAddr: 64,
  remoteAddr: 80,
  localPort: 96,
  remotePort: 98,
  ackedBefore: 100,
  openedNs: 104,
  establishedNs: 112,
  closedNs: 120,
  owner: 128,
} as const

/** Offsets in `struct socket_owner`. */
export const OWNER = {
  capturedNs: 0,
  cgroupId: 8,
  netnsCookie: 16,
  pid: 24,
  uid: 28,
  command: 32,
  thread: 48,
} as const
export const COMMAND_BYTES = 16

/** Offsets in `struct socket_control`. */
export const SOCKET_CONTROL = { freeTail: 0, handedOut: 8 } as const

/** enum socket_slot_state */
export const SOCKET_OPEN = 1
export const SOCKET_CLOSED = 2
/** enum socket_role */
export const ROLE_UNKNOWN = 0
export const ROLE_CLIENT = 1
export const ROLE_SERVER = 2

export const SOCKET_WORDS = SOCKET_BYTES / 4

/** Word that holds slotState, tcpState, protocol and role, a byte each. */
export const STATES = SOCKET.slotState / 4
/** Local port in the low half, remote port in the high half. */
export const PORTS = SOCKET.localPort / 4
