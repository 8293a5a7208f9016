/** A capture of many UDP flows: 60-byte frames, one per flow in a scattered order, again and again. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ethernet, ip, udp } from '@netscope/agent/mock/packet.ts'

const FRAME = 60
const RECORD = 16 + FRAME
const SOURCE_AT = 26
const PORT_AT = 34
/** Larger than any number of flows and without a common factor with round ones. */
const STRIDE = 611_953

export interface Capture {
  path: string
  packets: number
}

/** At least 100,000 packets, so that little time goes into starting over. */
export const writeFlowCapture = (flows: number, folder: string): Capture => {
  const packets = Math.max(flows, 100_000)
  const file = Buffer.alloc(24 + packets * RECORD)
  file.writeUInt32LE(0xa1b2c3d4, 0)
  file.writeUInt16LE(2, 4)
  file.writeUInt16LE(4, 6)
  file.writeUInt32LE(262144, 16)
  file.writeUInt32LE(1, 20)
  const frame = ethernet(
    ip({ src: '10.0.0.0', dst: '10.255.0.1' }, udp(1024, 5004, new Uint8Array(18))),
  )
  for (let i = 0; i < packets; i++) {
    const at = 24 + i * RECORD
    const flow = (i * STRIDE) % flows
    file.writeUInt32LE(1_700_000_000, at)
    file.writeUInt32LE(i % 1_000_000, at + 4)
    file.writeUInt32LE(FRAME, at + 8)
    file.writeUInt32LE(FRAME, at + 12)
    file.set(frame, at + 16)
    file.writeUInt32BE(0x0a000000 + (flow >> 2), at + 16 + SOURCE_AT)
    file.writeUInt16BE(1024 + (flow & 3), at + 16 + PORT_AT)
    file.writeUInt16BE(0, at + 16 + PORT_AT + 6)
  }
  const path = join(folder, `flows-${flows}.pcap`)
  writeFileSync(path, file)
  return { path, packets }
}
