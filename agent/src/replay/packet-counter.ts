/** Hands packets of captures to the counting engine and keeps account of every one that was read. */
import type { CapturePacket } from '../pcap/capture.ts'
import { isSupported, linkTypeName, putFrame } from '../pcap/link-type.ts'
import { MALFORMED, NOT_IP, type Engine } from '../wasm/engine.ts'
import type { CaptureTime } from './capture-time.ts'
import { createInterfaceNumbers, type InterfaceNumbers } from './interface-numbers.ts'

/** Packets read, by what became of them; the sum of all but `read` is `read`. */
export interface PacketAccount {
  read: number
  counted: number
  malformed: number
  notIp: number
  notCounted: Record<string, number>
}

export interface PacketCounter {
  readonly interfaces: InterfaceNumbers
  count(packet: CapturePacket): void
  badRecord(): void
  /** Packets so far. */
  read(): number
  account(): PacketAccount
}

/** Causes kept apart: a hostile file may have 65,536 link types. */
const MAX_CAUSES = 100

export const createPacketCounter = (engine: Engine, time: CaptureTime): PacketCounter => {
  const interfaces = createInterfaceNumbers()
  const frame = { captured: 0, wire: 0, l2: 14 as 0 | 14, direction: 0 as 0 | 1, ifindex: 0 }
  const unsupported = new Map<string, number>()
  let [read, passed, malformed, notIp] = [0, 0, 0, 0]

  const addUnsupported = (linkType: number): void => {
    const cause = `link type ${linkTypeName(linkType)}`
    const key = unsupported.has(cause) || unsupported.size < MAX_CAUSES ? cause : 'other link types'
    unsupported.set(key, (unsupported.get(key) ?? 0) + 1)
  }

  const count = (packet: CapturePacket): void => {
    read++
    const timeNs = time.note(packet.seconds, packet.nanos)
    if (!putFrame(packet, engine.packetBytes, frame)) {
      if (isSupported(packet.interface.linkType)) malformed++
      else addUnsupported(packet.interface.linkType)
      return
    }
    const ifindex = interfaces.of(packet.interface, frame.ifindex)
    const result = engine.count(
      frame.captured,
      frame.wire,
      frame.l2,
      ifindex,
      frame.direction,
      timeNs,
    )
    if (result === NOT_IP) notIp++
    else if (result === MALFORMED) malformed++
    else passed++
  }

  const seenTwice = (): number => {
    let sum = 0
    for (let ifindex = 1; ifindex <= interfaces.count(); ifindex++) {
      sum += engine.hookCounters(ifindex, 'INGRESS').hairpinPackets
      sum += engine.hookCounters(ifindex, 'EGRESS').hairpinPackets
    }
    return sum
  }

  const account = (): PacketAccount => {
    const tableFull = engine.overflow().reduce((sum, { packets }) => sum + packets, 0)
    const twice = seenTwice()
    const notCounted = {
      ...(tableFull > 0 && { 'table full': tableFull }),
      ...(twice > 0 && { 'seen at the other hook': twice }),
      ...Object.fromEntries(unsupported),
    }
    return { read, counted: passed - tableFull - twice, malformed, notIp, notCounted }
  }

  return {
    interfaces,
    count,
    badRecord: () => {
      read++
      malformed++
    },
    read: () => read,
    account,
  }
}
