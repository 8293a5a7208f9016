/** A stand-in for the socket programs in tests: takes slots as bpf/socket-maps.h does and fills them. */
import type { SocketTable } from '../source.ts'
import {
  OWNER,
  ROLE_CLIENT,
  SOCKET,
  SOCKET_BYTES,
  SOCKET_CLOSED,
  SOCKET_OPEN,
} from './socket-slot.ts'

export interface FakeSocket {
  cookie: bigint
  protocol: number
  role: number
  tcpState: number
  /** IPv4. */
  local: string
  remote: string
  localPort: number
  remotePort: number
  sent: number
  received: number
  rttSamples: number
  retransmits: number
  retransmitEvents: number
  openedNs: number
  establishedNs: number
  netns: bigint
  pid: number
  uid: number
  thread: number
  command: string
  cgroupId: bigint
}

export interface FakeSocketTable extends SocketTable {
  /** Returns the row that it got; -1 when there is none left. */
  open(socket?: Partial<FakeSocket>): number
  change(row: number, socket: Partial<FakeSocket>): void
  close(row: number): void
}

const ESTABLISHED = 1
const CLOSED = 7

export const createFakeSocketTable = (capacity: number): FakeSocketTable => {
  const slots = new Uint8Array(capacity * SOCKET_BYTES)
  const view = new DataView(slots.buffer)
  const free: number[] = []
  let handedOut = 0
  let overflow = 0
  let cookies = 0n

  const u8 = (offset: number) => (at: number, value: number) => view.setUint8(at + offset, value)
  const u16 = (offset: number) => (at: number, value: number) =>
    view.setUint16(at + offset, value, true)
  const u32 = (offset: number) => (at: number, value: number) =>
    view.setUint32(at + offset, value, true)
  const u64 = (offset: number) => (at: number, value: number | bigint) =>
    view.setBigUint64(at + offset, BigInt(value), true)
  const address = (offset: number) => (at: number, value: string) =>
    slots.set([0xff, 0xff, ...value.split('.').map(Number)], at + offset + 10)
  const owner = (field: keyof typeof OWNER) => SOCKET.owner + OWNER[field]
  const writers: { [Field in keyof FakeSocket]: (at: number, value: FakeSocket[Field]) => void } = {
    cookie: u64(SOCKET.cookie),
    protocol: u8(SOCKET.protocol),
    role: u8(SOCKET.role),
    tcpState: u8(SOCKET.tcpState),
    local: address(SOCKET.localAddr),
    remote: address(SOCKET.remoteAddr),
    localPort: u16(SOCKET.localPort),
    remotePort: u16(SOCKET.remotePort),
    sent: u64(SOCKET.sentBytes),
    received: u64(SOCKET.receivedBytes),
    rttSamples: u32(SOCKET.rttSamples),
    retransmits: u32(SOCKET.retransmits),
    retransmitEvents: u32(SOCKET.retransmitEvents),
    openedNs: u64(SOCKET.openedNs),
    establishedNs: u64(SOCKET.establishedNs),
    netns: u64(owner('netnsCookie')),
    pid: u32(owner('pid')),
    uid: u32(owner('uid')),
    thread: u32(owner('thread')),
    command: (at, value) => slots.set(Buffer.from(value), at + owner('command')),
    cgroupId: u64(owner('cgroupId')),
  }
  const change = (row: number, socket: Partial<FakeSocket>): void => {
    const write = <Field extends keyof FakeSocket>(field: Field, value: FakeSocket[Field]): void =>
      writers[field](row * SOCKET_BYTES, value)
    for (const [field, value] of Object.entries(socket)) write(field as keyof FakeSocket, value)
  }

  return {
    capacity,
    slots,
    open(socket = {}) {
      const row = free.shift() ?? (handedOut < capacity ? handedOut++ : -1)
      if (row < 0) {
        overflow++
        return row
      }
      change(row, {
        cookie: ++cookies,
        protocol: 6,
        role: ROLE_CLIENT,
        tcpState: ESTABLISHED,
        netns: 1n,
        pid: 100,
        thread: socket.pid ?? 100,
        ...socket,
      })
      slots[row * SOCKET_BYTES + SOCKET.slotState] = SOCKET_OPEN
      return row
    },
    change,
    close(row) {
      change(row, { tcpState: CLOSED })
      slots[row * SOCKET_BYTES + SOCKET.slotState] = SOCKET_CLOSED
    },
    handedOut: () => handedOut,
    recycle(rows, count) {
      for (const row of rows.subarray(0, count)) {
        const bytes = slots.subarray(row * SOCKET_BYTES, (row + 1) * SOCKET_BYTES)
        if (bytes.some((byte) => byte !== 0)) throw new Error(`row ${row} was not zeroed`)
        if (free.includes(row)) throw new Error(`row ${row} is free already`)
        free.push(row)
      }
    },
    overflow: () => overflow,
    rtt: () => [],
  }
}
