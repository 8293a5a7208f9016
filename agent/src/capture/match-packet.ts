/** What the kernel's filter takes (filter_takes in bpf/capture.h), asked of a record that is in our memory already. */
import { KEY, KEY_BYTES } from '@netscope/core/slot.ts'
import {
  CAPTURED,
  CAPTURED_BYTES,
  CAPTURE_FILTER,
  CAPTURE_FILTER_BYTES,
  type CapturedPacket,
} from './captured-packet.ts'

const LO = 1
const ADDRESS_BYTES = 16
const ETHERNET = 14
const VLAN_TYPES: readonly number[] = [0x8100, 0x88a8]
/** Of a frame, after the MAC addresses. */
const TYPE_AT = CAPTURED_BYTES + 12
const TAG_BYTES = 4
const VLAN_ID = 0xfff

export type PacketTest = (packet: CapturedPacket) => boolean

/** `filter`: CAPTURE_FILTER_BYTES, as encodeFilter makes them. */
export const createPacketTest = (filter: Uint8Array, ownPort: number): PacketTest => {
  const given = new DataView(new ArrayBuffer(CAPTURE_FILTER_BYTES))
  new Uint8Array(given.buffer).set(filter.subarray(0, CAPTURE_FILTER_BYTES))
  if (given.getUint8(CAPTURE_FILTER.hasKey) === 1)
    return createKeyTest(new DataView(given.buffer, CAPTURE_FILTER.key, KEY_BYTES))
  const words = (at: number) => [0, 4, 8, 12].map((word) => given.getInt32(at + word, true))
  const [want, mask] = [words(CAPTURE_FILTER.addr), words(CAPTURE_FILTER.mask)]
  const ifindex = given.getUint32(CAPTURE_FILTER.ifindex, true)
  const protocol =
    given.getUint8(CAPTURE_FILTER.hasProtocol) === 1 ? given.getUint8(CAPTURE_FILTER.protocol) : -1
  const port =
    given.getUint8(CAPTURE_FILTER.hasPort) === 1 ? given.getUint16(CAPTURE_FILTER.port, true) : -1
  const ownPage = given.getUint8(CAPTURE_FILTER.ownPage) === 1

  const holds = (view: DataView, at: number): boolean => {
    // What IPv4 addresses differ in comes last.
    for (let i = 3; i >= 0; i--)
      if (((view.getInt32(at + 4 * i, true) ^ want[i]!) & mask[i]!) !== 0) return false
    return true
  }
  const hasPort = (view: DataView, at: number, value: number): boolean =>
    view.getUint16(at + CAPTURED.srcPort, true) === value ||
    view.getUint16(at + CAPTURED.dstPort, true) === value
  const isOwnPage = (view: DataView, at: number): boolean =>
    ownPort !== 0 &&
    view.getUint32(at + CAPTURED.ifindex, true) === LO &&
    hasPort(view, at, ownPort)

  return ({ view, at }) =>
    (holds(view, at + CAPTURED.srcAddr) || holds(view, at + CAPTURED.dstAddr)) &&
    (ifindex === 0 || view.getUint32(at + CAPTURED.ifindex, true) === ifindex) &&
    (protocol < 0 || view.getUint8(at + CAPTURED.protocol) === protocol) &&
    (port < 0 || hasPort(view, at, port)) &&
    (ownPage || !isOwnPage(view, at))
}

const createKeyTest = (key: DataView): PacketTest => {
  const [lo, hi] = [KEY.loPort, KEY.hiPort].map((at) => key.getUint16(at, true))
  const isEnd = (view: DataView, address: number, port: number, keyAddress: number): boolean => {
    for (let i = 0; i < ADDRESS_BYTES; i += 4)
      if (view.getInt32(address + i) !== key.getInt32(keyAddress + i)) return false
    return view.getUint16(port, true) === (keyAddress === KEY.loAddr ? lo : hi)
  }
  return (packet) => {
    const { view, at } = packet
    const { srcAddr, srcPort, dstAddr, dstPort } = CAPTURED
    if (view.getUint32(at + CAPTURED.ifindex, true) !== key.getUint32(KEY.ifindex, true))
      return false
    if (view.getUint8(at + CAPTURED.protocol) !== key.getUint8(KEY.protocol)) return false
    const isTo = (from: number, to: number): boolean =>
      isEnd(view, at + srcAddr, at + srcPort, from) && isEnd(view, at + dstAddr, at + dstPort, to)
    if (!isTo(KEY.loAddr, KEY.hiAddr) && !isTo(KEY.hiAddr, KEY.loAddr)) return false
    const [outer = 0, inner = 0] = vlansOf(packet)
    return outer === key.getUint16(KEY.vlan, true) && inner === key.getUint16(KEY.innerVlan, true)
  }
}

/** The tag that the hardware has stripped, then those of the frame. */
const vlansOf = ({ view, at }: CapturedPacket): number[] => {
  const stripped =
    view.getUint16(at + CAPTURED.vlanProto, true) === 0
      ? 0
      : view.getUint16(at + CAPTURED.vlanTci, true) & VLAN_ID
  const ids = stripped === 0 ? [] : [stripped]
  if (view.getUint8(at + CAPTURED.linkHeaderBytes) !== ETHERNET) return ids
  const end = at + CAPTURED_BYTES + view.getUint32(at + CAPTURED.captured, true)
  for (let type = at + TYPE_AT; type + TAG_BYTES <= end && ids.length < 2; type += TAG_BYTES) {
    if (!VLAN_TYPES.includes(view.getUint16(type))) break
    const id = view.getUint16(type + 2) & VLAN_ID
    if (id !== 0 || ids.length > 0) ids.push(id)
  }
  return ids
}
