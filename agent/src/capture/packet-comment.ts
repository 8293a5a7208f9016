/** What is said of a captured packet: programs, endpoints, flow, verdict. */
import { formatAddress } from '@netscope/core/address.ts'
import type { ProcessInfo } from '@netscope/core/process.ts'
import { protocolName } from '@netscope/core/protocol.ts'
import { KEY, SLOT, SLOT_BYTES, VERDICTS } from '@netscope/core/slot.ts'
import { MAX_COMMENT_BYTES } from './capture-file.ts'
import { CAPTURED, type CapturedPacket } from './captured-packet.ts'

/** Protocols whose ports are types (ICMP) or not there. */
const TCP = 6
const UDP = 17
const SCTP = 132
const ADDRESS_BYTES = 16
const PASS = 0
/** Comments that are kept: 300 bytes each. */
const MOST_KEPT = 4096

export interface PacketCommentDeps {
  agent: string
  /** capacity × SLOT_BYTES of the flow table, live. */
  slots: Uint8Array
  handedOut(): number
  /** Owners of the sockets at the lower and at the higher endpoint, as far as they are known by now. */
  owners(slot: number): readonly [ProcessInfo | undefined, ProcessInfo | undefined]
}

export interface PacketComments {
  /** In UTF-8, for instance `curl[4711] 10.0.0.1:4000 > 10.0.0.2:443 TCP flow vm-100-3k2`. */
  of(packet: CapturedPacket): Uint8Array
  /** Flows end and slots get others: what is kept is made anew. Call once a second. */
  forget(): void
}

export const createPacketComments = (deps: PacketCommentDeps): PacketComments => {
  const slots = new DataView(deps.slots.buffer, deps.slots.byteOffset, deps.slots.byteLength)
  const kept = new Map<string, Uint8Array>()

  const owner = (info: ProcessInfo | undefined): string =>
    info ? `${info.command}[${info.pid}] ` : ''

  /** Whether the slot still holds the packet's flow; lo is its source or its destination. */
  const sourceIsLo = ({ view, at }: CapturedPacket, slot: number): boolean | undefined => {
    const key = slot * SLOT_BYTES + SLOT.key
    if (slots.getUint32(key + KEY.ifindex, true) !== view.getUint32(at + CAPTURED.ifindex, true))
      return undefined
    if (slots.getUint8(key + KEY.protocol) !== view.getUint8(at + CAPTURED.protocol))
      return undefined
    const isEndpoint = (address: number, port: number, keyAddress: number, keyPort: number) => {
      for (let i = 0; i < ADDRESS_BYTES; i += 4)
        if (view.getUint32(at + address + i) !== slots.getUint32(key + keyAddress + i)) return false
      return view.getUint16(at + port, true) === slots.getUint16(key + keyPort, true)
    }
    const { srcAddr, srcPort, dstAddr, dstPort } = CAPTURED
    if (
      isEndpoint(srcAddr, srcPort, KEY.loAddr, KEY.loPort) &&
      isEndpoint(dstAddr, dstPort, KEY.hiAddr, KEY.hiPort)
    )
      return true
    return isEndpoint(srcAddr, srcPort, KEY.hiAddr, KEY.hiPort) &&
      isEndpoint(dstAddr, dstPort, KEY.loAddr, KEY.loPort)
      ? false
      : undefined
  }

  const firstNs = (slot: number): number => {
    const at = slot * SLOT_BYTES + SLOT.firstNs
    const [a, b] = [Number(slots.getBigUint64(at, true)), Number(slots.getBigUint64(at + 8, true))]
    return a && b ? Math.min(a, b) : a || b
  }

  const flowOf = (packet: CapturedPacket) => {
    const slot = packet.view.getUint32(packet.at + CAPTURED.slot, true)
    if (slot >= deps.handedOut()) return undefined
    const isLo = sourceIsLo(packet, slot)
    if (isLo === undefined) return undefined
    const [lo, hi] = deps.owners(slot)
    // As FLOW_FIELDS.id.
    const id = `${deps.agent}-${slot}-${firstNs(slot).toString(36)}`
    return { id, source: isLo ? lo : hi, destination: isLo ? hi : lo }
  }

  const make = (packet: CapturedPacket): string => {
    const { view, at } = packet
    const flow = flowOf(packet)
    const protocol = view.getUint8(at + CAPTURED.protocol)
    const source = endpoint(view, at + CAPTURED.srcAddr, at + CAPTURED.srcPort, protocol)
    const destination = endpoint(view, at + CAPTURED.dstAddr, at + CAPTURED.dstPort, protocol)
    const verdict = view.getUint8(at + CAPTURED.verdict)
    const segments = view.getUint32(at + CAPTURED.segments, true)
    const parts = [
      `${owner(flow?.source)}${source} > ${owner(flow?.destination)}${destination} ${protocolName(protocol)}`,
      flow ? ` flow ${flow.id}` : '',
      verdict === PASS ? '' : ` verdict ${VERDICTS[verdict] ?? verdict}`,
      segments > 1 ? ` ${segments} segments in one` : '',
    ]
    return parts.join('')
  }

  return {
    of(packet) {
      const key = keyOf(packet)
      const known = kept.get(key)
      if (known) return known
      const bytes = encoder.encode(make(packet)).subarray(0, MAX_COMMENT_BYTES)
      if (kept.size >= MOST_KEPT) kept.clear()
      kept.set(key, bytes)
      return bytes
    },
    forget: () => kept.clear(),
  }
}

const encoder = new TextEncoder()

/** A slot alone would not do: the packet may be older than what the slot holds now. */
const keyOf = ({ view, at }: CapturedPacket): string => {
  const of32 = (offset: number) => view.getUint32(at + offset, true)
  const { srcAddr, dstAddr } = CAPTURED
  const addresses = `${of32(srcAddr + 8)} ${of32(srcAddr + 12)} ${of32(dstAddr + 8)} ${of32(dstAddr + 12)}`
  const rest = `${of32(CAPTURED.direction)} ${of32(CAPTURED.segments)}`
  return `${of32(CAPTURED.slot)} ${of32(CAPTURED.srcPort)} ${addresses} ${rest}`
}

/** ICMP's ports are types. */
const endpoint = (view: DataView, address: number, port: number, protocol: number): string => {
  const text = formatAddress(view, address)
  if (protocol !== TCP && protocol !== UDP && protocol !== SCTP) return text
  const number = view.getUint16(port, true)
  return text.includes(':') ? `[${text}]:${number}` : `${text}:${number}`
}
