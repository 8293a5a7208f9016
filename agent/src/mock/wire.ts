/** The made-up cables: builds frames, hands them to the counting engine and keeps interface counters. */
import { DROPPED, type Engine } from '../wasm/engine.ts'
import type { InterfaceCounters } from '../source.ts'
import { isLoopback, isOnLan } from './cast.ts'
import { ethernet, ip, type IpHeader, type Payload } from './packet.ts'

export const LO = 1
export const ETH0 = 2
const [INGRESS, EGRESS] = [0, 1]

export interface Wire {
  /** Sends a packet; false when the lists drop it, so that the other side never sees it. */
  send(header: IpHeader, carried: Payload, vlan?: number): boolean
  counters(ifindex: number): InterfaceCounters
}

const noTraffic = (): InterfaceCounters => ({ rxPackets: 0, rxBytes: 0, txPackets: 0, txBytes: 0 })

/** `timeNs` is the moment of the packet that is sent. */
export const createWire = (engine: Engine, timeNs: () => number): Wire => {
  const lo = noTraffic()
  const eth0 = noTraffic()

  const count = (frame: Uint8Array, ifindex: number, direction: number): boolean => {
    engine.packetBytes.set(frame)
    return engine.count(frame.length, frame.length, 14, ifindex, direction, timeNs()) !== DROPPED
  }
  const received = (to: InterfaceCounters, frame: Uint8Array): void => {
    to.rxPackets++
    to.rxBytes += frame.length
  }
  const transmitted = (to: InterfaceCounters, frame: Uint8Array): void => {
    to.txPackets++
    to.txBytes += frame.length
  }

  /** As in Linux: what tc drops on the way out has not been transmitted, what it drops on the way in was received. */
  const overEth0 = (frame: Uint8Array, fromLan: boolean): boolean => {
    if (fromLan) received(eth0, frame)
    const passed = count(frame, ETH0, fromLan ? INGRESS : EGRESS)
    if (!fromLan && passed) transmitted(eth0, frame)
    return passed
  }
  const overLo = (frame: Uint8Array): boolean => {
    if (!count(frame, LO, EGRESS)) return false
    transmitted(lo, frame)
    received(lo, frame)
    return count(frame, LO, INGRESS)
  }

  return {
    send: (header, carried, vlan = 0) => {
      const packet = ip(header, carried)
      if (isLoopback(header.src)) return overLo(ethernet(packet, {}, false))
      const fromLan = isOnLan(header.src)
      return overEth0(ethernet(packet, vlan === 0 ? {} : { vlans: [vlan] }, fromLan), fromLan)
    },
    counters: (ifindex) => ({ ...(ifindex === LO ? lo : eth0) }),
  }
}
