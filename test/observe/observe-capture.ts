/** What the decoders make of a capture file, by frame number as tshark counts. */
import { decodeFrame } from '@netscope/agent/observe/decode-frame.ts'
import { MAX_PACKET_BYTES } from '@netscope/agent/pcap/capture.ts'
import { putFrame } from '@netscope/agent/pcap/link-type.ts'
import { openCapture } from '@netscope/agent/pcap/read-capture.ts'
import type { Observation } from '@netscope/core/observation.ts'

/** Room for the Ethernet header that a longest packet may get. */
const FRAME_BYTES = MAX_PACKET_BYTES + 14

export const observeCapture = async (path: string): Promise<Map<number, Observation>> => {
  const observations = new Map<number, Observation>()
  const target = new Uint8Array(FRAME_BYTES)
  const frame = { captured: 0, wire: 0, l2: 14 as 0 | 14, direction: 0 as 0 | 1, ifindex: 0 }
  let number = 0
  const capture = openCapture(path, {
    packet: (packet) => {
      number++
      if (!putFrame(packet, target, frame)) return false
      const observation = decodeFrame(target.slice(0, frame.captured), frame.l2, {
        timeMs: packet.seconds * 1000 + packet.nanos / 1e6,
        interface: packet.interface.name,
        ifindex: frame.ifindex,
        vlan: 0,
        direction: frame.direction === 0 ? 'INGRESS' : 'EGRESS',
      })
      if (observation) observations.set(number, observation)
      return false
    },
    badRecord: () => number++,
  })
  for await (const _ of capture.pieces());
  return observations
}
