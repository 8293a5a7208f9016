/** Reads captures from memory, for tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ethernet, ip, udp } from '../mock/packet.ts'
import { openCapture } from './read-capture.ts'

export const FRAME = ethernet(
  ip({ src: '10.0.0.1', dst: '10.0.0.2' }, udp(1000, 53, new Uint8Array(20))),
)
export const AT = { seconds: 1_700_000_000, nanos: 123_456_789 }

export interface Seen {
  bytes: string
  wire: number
  time: string
  linkType: number
  name: string
  direction: number | undefined
}

/** All that a reader makes of a capture, given as bytes or by its path. */
export const readAll = async (content: Uint8Array | string) => {
  if (typeof content === 'string') return readPath(content)
  const folder = mkdtempSync(join(tmpdir(), 'netscope-capture-'))
  try {
    const path = join(folder, 'capture')
    writeFileSync(path, content)
    return await readPath(path)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const readPath = async (path: string) => {
  const packets: Seen[] = []
  const bad: string[] = []
  const capture = openCapture(path, {
    packet: (p) => {
      packets.push({
        bytes: p.bytes.toString('hex', p.start, p.start + p.captured),
        wire: p.wire,
        time: `${p.seconds}.${String(p.nanos).padStart(9, '0')}`,
        linkType: p.interface.linkType,
        name: p.interface.name,
        direction: p.direction,
      })
      return packets.length % 3 === 0 // pausing now and then changes nothing
    },
    badRecord: (cause) => bad.push(cause),
  })
  for await (const _ of capture.pieces());
  return { packets, bad, problem: capture.problem(), bytesRead: capture.bytesRead() }
}

export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
export const text = (value: string) => new TextEncoder().encode(value)
