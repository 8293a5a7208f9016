/** The capture ring over the kernel program: it gives a capture what the kernel's own filter would have taken. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KEY_BYTES, SLOT, SLOT_BYTES } from '@netscope/core/slot.ts'
import { monotonicNs } from '../kernel/clock.ts'
import { createTestKernel } from '../kernel/test-kernel.ts'
import { createTestRun } from '../kernel/test-run.ts'
import { ethernet, icmp, ip, tcp, udp } from '../mock/packet.ts'
import { createCaptureRing, type CaptureRing } from './capture-ring.ts'
import { CAPTURED, CAPTURED_BYTES } from './captured-packet.ts'
import { encodeFilter } from './encode-filter.ts'
import type { OpenTap } from './packet-tap.ts'

const OWN_PORT = 8086
const SNAP_LENGTH = 128

const DNS = ip({ src: '10.1.2.3', dst: '192.0.2.1' }, udp(1000, 53))
const FRAMES = [
  ethernet(DNS),
  ethernet(ip({ src: '192.0.2.1', dst: '10.1.2.3' }, udp(53, 1000))),
  ethernet(DNS, { vlans: [5] }),
  ethernet(DNS, { vlans: [5, 6] }),
  ethernet(ip({ src: '10.9.9.9', dst: '10.1.2.3' }, tcp({ srcPort: 53, dstPort: 80, flags: 2 }))),
  ethernet(ip({ src: '2001:db8::1', dst: '2001:db8::2' }, udp(1000, 53))),
  ethernet(ip({ src: '10.1.2.4', dst: '10.1.2.5' }, icmp(8, 0))),
  ethernet(
    ip({ src: '127.0.0.1', dst: '127.0.0.1' }, tcp({ srcPort: 4000, dstPort: OWN_PORT, flags: 2 })),
  ),
  ethernet(ip({ src: '10.1.2.3', dst: '10.1.2.4' }, udp(1, 2, new Uint8Array(600).fill(7)))),
]

const read = (tap: OpenTap): string[] => {
  const packets: string[] = []
  const take = ({ view, at }: { view: DataView; at: number }): boolean => {
    const captured = view.getUint32(at + CAPTURED.captured, true)
    const bytes = Buffer.from(view.buffer, view.byteOffset + at + CAPTURED_BYTES, captured)
    return packets.push(bytes.toString('hex')) > 0
  }
  while (tap.drain(take)) continue
  return packets
}

describe('the capture ring', () => {
  let kernel: ReturnType<typeof createTestKernel>
  let run: ReturnType<typeof createTestRun>
  beforeAll(() => {
    kernel = createTestKernel(64, [22])
    kernel.control.setQuietPort(OWN_PORT)
    run = createTestRun(kernel.programFd('netscope_in'))
  })
  afterAll(() => kernel.close())

  const sendAll = () => FRAMES.forEach((frame) => run(frame))
  const withRing = (work: (ring: CaptureRing) => void): void => {
    const source = { packets: kernel.packets(1 << 20), nowNs: monotonicNs, wallOffsetMs: () => 0 }
    const ring = createCaptureRing(
      { bytes: 1 << 20, snapLength: SNAP_LENGTH, ownPort: OWN_PORT },
      { source, log: { warn: (fields) => expect.fail(JSON.stringify(fields)) } },
    )
    ring.start()
    try {
      work(ring)
    } finally {
      ring.stop()
    }
  }
  /** By the kernel alone. */
  const takenByKernel = (filter: Uint8Array): string[] => {
    const tap = kernel.packets(1 << 20).open(filter)
    sendAll()
    const packets = read(tap)
    tap.free()
    return packets
  }
  /** Those after it was opened. */
  const takenByRing = (filter: Uint8Array): string[] => {
    let packets: string[] = []
    withRing((ring) => {
      const tap = ring.open(filter, 0)!
      sendAll()
      tap.close()
      packets = read(tap)
      tap.free()
    })
    return packets
  }

  it.each([
    {},
    { ip: '10.1.2.3' },
    { ip: '10.1.2.4/31' },
    { ip: '2001:db8::/64' },
    { ip: '0.0.0.0/0' },
    { port: 53 },
    { port: 0 },
    { port: OWN_PORT },
    { protocol: 1 },
    { ip: '10.1.2.3', port: 53, protocol: 6 },
  ])('gives %j what the kernel would', (given) => {
    for (const snapLength of [64, SNAP_LENGTH, 400]) {
      const filter = encodeFilter(given, { snapLength, ifindex: 0, ownPort: OWN_PORT })
      const byRing = takenByRing(filter).map((bytes) => bytes.slice(0, 2 * snapLength))
      expect(byRing).toEqual(takenByKernel(filter))
    }
  })

  it('gives each flow, in a VLAN or not, what the kernel would', () => {
    sendAll()
    const flows = kernel.table.handedOut()
    expect(flows).toBe(FRAMES.length - 1)
    for (let slot = 0; slot < flows; slot++) {
      const at = slot * SLOT_BYTES + SLOT.key
      const key = Buffer.from(kernel.table.slots.subarray(at, at + KEY_BYTES)).toString('hex')
      const context = { snapLength: SNAP_LENGTH, ifindex: 0, ownPort: OWN_PORT }
      const filter = encodeFilter({ key }, context)
      const byKernel = takenByKernel(filter)
      expect(byKernel.length).toBeGreaterThan(0)
      expect(takenByRing(filter)).toEqual(byKernel)
    }
  })

  it('gives what was before, with the beginning that it has kept', () => {
    withRing((ring) => {
      sendAll()
      const filter = encodeFilter({ ip: '10.1.2.4' }, { snapLength: 512, ifindex: 0, ownPort: 0 })
      const tap = ring.open(filter, 100_000)!
      sendAll()
      tap.close()
      expect(read(tap).map((bytes) => bytes.length / 2)).toEqual([60, 128, 60, 512])
      expect(tap.counts()).toMatchObject([{ accepted: 4, lost: 0 }])
      tap.free()
    })
  })
})
