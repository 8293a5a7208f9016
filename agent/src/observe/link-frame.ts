/** From the start of a frame to its network header: Ethernet and at most two VLAN tags, or IP at once. */

export interface LinkFrame {
  /** Where the network header begins; not more than the frame has. */
  at: number
  etherType: number
  /** Outer VLAN id, 0 without a tag. */
  vlan: number
  innerVlan: number
}

const VLAN_TYPES: ReadonlySet<number> = new Set([0x8100, 0x88a8])
const MAX_TAGS = 2
const TAG_BYTES = 4
const ETHERNET_BYTES = 14
const ETHERTYPE_BY_VERSION: Readonly<Record<number, number>> = { 4: 0x0800, 6: 0x86dd }

/** `strippedVlan`: the id of a tag that the hardware took off, 0: none. Undefined where the header is cut off. */
export const readLinkFrame = (
  view: DataView,
  linkHeaderBytes: 0 | 14,
  strippedVlan: number,
): LinkFrame | undefined => {
  if (view.byteLength <= linkHeaderBytes) return undefined
  const frame = { at: linkHeaderBytes as number, etherType: 0, vlan: strippedVlan, innerVlan: 0 }
  if (linkHeaderBytes === 0) {
    frame.etherType = ETHERTYPE_BY_VERSION[view.getUint8(0) >> 4] ?? 0
    return frame
  }
  frame.etherType = view.getUint16(ETHERNET_BYTES - 2)
  return skipTags(view, frame)
}

/** The first id that is not 0 is the outer one, as the counting program has it (bpf/parse.h). */
const skipTags = (view: DataView, frame: LinkFrame): LinkFrame | undefined => {
  for (let tags = 0; tags < MAX_TAGS && VLAN_TYPES.has(frame.etherType); tags++) {
    if (view.byteLength < frame.at + TAG_BYTES) return undefined
    const id = view.getUint16(frame.at) & 0xfff
    if (frame.vlan === 0) frame.vlan = id
    else if (frame.innerVlan === 0) frame.innerVlan = id
    frame.etherType = view.getUint16(frame.at + 2)
    frame.at += TAG_BYTES
  }
  return frame
}
