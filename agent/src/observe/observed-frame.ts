/** A record of the observation ring (bpf/observe.h) and the frame in it. */
import {
  DIRECTIONS,
  KEY_BYTES,
  OBSERVATION,
  OBSERVATION_BYTES,
  OBSERVED_KINDS,
  type Direction,
  type ObservedKind,
} from '@netscope/core/slot.ts'

/** Valid as long as the record's bytes are. */
export interface ObservedFrame {
  /** Of the source's clock. */
  timeMs: number
  kind: ObservedKind
  /** Of the flow, beyond all slots where there is none. */
  slot: number
  /** Of the flow: its 5-tuple. */
  key: Uint32Array
  /** Side of the key that sent it. */
  side: 0 | 1
  ifindex: number
  direction: Direction
  /** Id of a tag that the hardware has stripped, else 0. */
  vlan: number
  linkHeaderBytes: 0 | 14
  bytes: Uint8Array
}

const IFINDEX_WORD = 10
const VLANS_WORD = 9

/** Of the flow; what was captured of the frame may end before its tags. */
export const vlansOf = ({ key }: ObservedFrame): { vlan: number; innerVlan: number } => ({
  vlan: key[VLANS_WORD]! & 0xffff,
  innerVlan: key[VLANS_WORD]! >>> 16,
})

/** Of a whole record, 4-byte aligned. */
export const readObservedFrame = (record: Uint8Array): ObservedFrame => {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
  const key = new Uint32Array(record.buffer, record.byteOffset + OBSERVATION.key, KEY_BYTES / 4)
  const low = view.getUint32(OBSERVATION.timeNs, true)
  const high = view.getUint32(OBSERVATION.timeNs + 4, true)
  return {
    timeMs: (low + high * 4294967296) / 1e6,
    kind: OBSERVED_KINDS[view.getUint8(OBSERVATION.kind)] ?? '',
    slot: view.getUint32(OBSERVATION.slot, true),
    key,
    side: view.getUint8(OBSERVATION.fromHi) === 0 ? 0 : 1,
    ifindex: key[IFINDEX_WORD]!,
    direction: DIRECTIONS[view.getUint8(OBSERVATION.direction)] ?? 'INGRESS',
    vlan: view.getUint16(OBSERVATION.vlan, true),
    linkHeaderBytes: view.getUint8(OBSERVATION.linkHeaderBytes) === 0 ? 0 : 14,
    bytes: record.subarray(OBSERVATION_BYTES),
  }
}
