/** The kernel's captures, fed by test runs: who passes the filter, what is copied, what is lost. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { KEY_BYTES, SLOT, SLOT_BYTES } from '@netscope/core/slot.ts'
import type { CaptureFilter } from '@netscope/core/wire.ts'
import { CAPTURED, CAPTURED_BYTES } from '../capture/captured-packet.ts'
import { encodeFilter } from '../capture/encode-filter.ts'
import type { OpenTap } from '../capture/packet-tap.ts'
import { ethernet, icmp, ip, tcp, udp } from '../mock/packet.ts'
import { pageSize } from './libbpf.ts'
import { createTestKernel, LO } from './test-kernel.ts'
import { createTestRun } from './test-run.ts'

const OWN_PORT = 8086
const RING_BYTES = 1 << 20

const FRAMES = {
  dns: ethernet(ip({ src: '10.1.2.3', dst: '192.0.2.1' }, udp(1000, 53))),
  answer: ethernet(ip({ src: '192.0.2.1', dst: '10.1.2.3' }, udp(53, 1000))),
  web: ethernet(
    ip({ src: '10.9.9.9', dst: '10.1.2.3' }, tcp({ srcPort: 53, dstPort: 80, flags: 2 })),
  ),
  six: ethernet(ip({ src: '2001:db8::1', dst: '2001:db8::2' }, udp(1000, 53))),
  ping: ethernet(ip({ src: '10.1.2.4', dst: '10.1.2.5' }, icmp(8, 0))),
  page: ethernet(
    ip({ src: '127.0.0.1', dst: '127.0.0.1' }, tcp({ srcPort: 4000, dstPort: OWN_PORT, flags: 2 })),
  ),
}

const read = (tap: OpenTap) => {
  const packets: {
    bytes: string
    length: number
    ifindex: number
    srcPort: number
    segments: number
  }[] = []
  tap.drain(({ view, at }) => {
    const captured = view.getUint32(at + CAPTURED.captured, true)
    packets.push({
      bytes: Buffer.from(view.buffer, view.byteOffset + at + CAPTURED_BYTES, captured).toString(
        'hex',
      ),
      length: view.getUint32(at + CAPTURED.length, true),
      ifindex: view.getUint32(at + CAPTURED.ifindex, true),
      srcPort: view.getUint16(at + CAPTURED.srcPort, true),
      segments: view.getUint32(at + CAPTURED.segments, true),
    })
    return true
  })
  return packets
}

describe('captures of the kernel program', () => {
  let kernel: ReturnType<typeof createTestKernel>
  let run: ReturnType<typeof createTestRun>
  let tap: OpenTap | undefined
  // One for all: loading it takes longer than they do.
  beforeAll(() => {
    kernel = createTestKernel(64, [22])
    kernel.control.setQuietPort(OWN_PORT)
    run = createTestRun(kernel.programFd('netscope_in'))
  })
  afterEach(() => tap?.free())
  afterAll(() => kernel.close())

  const open = (filter: CaptureFilter, snapLength = 65_535, ringBytes = RING_BYTES, ifindex = 0) =>
    (tap = kernel
      .packets(ringBytes)
      .open(encodeFilter(filter, { snapLength, ifindex, ownPort: OWN_PORT })))

  const passing = (): string[] => {
    const names = Object.entries(FRAMES).map(([name, frame]) => {
      run(frame)
      return [Buffer.from(frame).toString('hex'), name]
    })
    const byBytes = Object.fromEntries(names) as Record<string, string>
    return read(tap as OpenTap).map(({ bytes }) => byBytes[bytes] ?? 'unknown bytes')
  }

  it.each<[string, CaptureFilter, string[]]>([
    ['nothing is given', {}, ['dns', 'answer', 'web', 'six', 'ping']],
    ['an address of either side', { ip: '10.1.2.3' }, ['dns', 'answer', 'web']],
    ['a prefix', { ip: '10.1.2.4/31' }, ['ping']],
    ['all of IPv4', { ip: '0.0.0.0/0' }, ['dns', 'answer', 'web', 'ping']],
    ['a prefix of IPv6', { ip: '2001:db8::/64' }, ['six']],
    ['a port of either side', { port: 53 }, ['dns', 'answer', 'web', 'six']],
    ['port 0', { port: 0 }, ['ping']],
    ['a protocol', { protocol: 1 }, ['ping']],
    ['all together', { ip: '10.1.2.3', port: 53, protocol: 6 }, ['web']],
    ['our own page', { port: OWN_PORT }, ['page']],
  ])('take what holds where %s', (_, filter, names) => {
    open(filter)
    expect(passing()).toEqual(names)
  })

  it('take the packets of an interface, and of no other', () => {
    open({}, 65_535, RING_BYTES, LO)
    expect(passing()).toHaveLength(5)
    tap?.free()
    open({}, 65_535, RING_BYTES, LO + 1)
    expect(passing()).toEqual([])
  })

  it('take one flow by its key, both directions', () => {
    run(FRAMES.dns)
    const keys = Array.from({ length: kernel.table.handedOut() }, (_, slot) => {
      const at = slot * SLOT_BYTES + SLOT.key
      return Buffer.from(kernel.table.slots.subarray(at, at + KEY_BYTES)).toString('hex')
    })
    const key = keys.find((one) => one.includes('ffff0a010203') && one.includes('ffffc0000201'))
    open({ key: key ?? 'no such flow' })
    expect(passing()).toEqual(['dns', 'answer'])
  })

  it.each([16, 60, 128, 129, 512, 513, 1400])(
    'keep %i bytes where that is asked for',
    (snapLength) => {
      const frame = ethernet(
        ip({ src: '10.0.0.1', dst: '10.0.0.2' }, udp(1, 2, new Uint8Array(1300).fill(7))),
      )
      open({}, snapLength)
      run(frame)
      const [packet] = read(tap as OpenTap)
      expect(packet?.bytes).toBe(Buffer.from(frame.subarray(0, snapLength)).toString('hex'))
      expect(packet).toMatchObject({ length: frame.length, ifindex: LO, srcPort: 1, segments: 1 })
    },
  )

  it('count what finds no room in the ring, and lose nothing else', () => {
    open({}, 65_535, pageSize)
    for (let i = 0; i < 500; i++) run(FRAMES.dns)
    const [counts] = tap?.counts() ?? []
    const kept = read(tap as OpenTap).length
    expect(counts).toEqual({ ifindex: LO, accepted: 500, lost: 500 - kept })
    expect(kept).toBeGreaterThan(0)
    for (let i = 0; i < 3; i++) run(FRAMES.dns)
    expect(read(tap as OpenTap)).toHaveLength(3)
  })

  it('take nothing once closed, keep what they have, and begin anew', () => {
    const before = open({})
    run(FRAMES.dns)
    before.close()
    run(FRAMES.dns)
    expect(before.counts()).toEqual([{ ifindex: LO, accepted: 1, lost: 0 }])
    expect(read(before)).toHaveLength(1)
    before.free()
    const after = open({})
    expect(after.counts()).toEqual([])
    run(FRAMES.ping)
    expect(read(after)).toHaveLength(1)
  })

  it('leave packet events alone', () => {
    const { sent } = kernel.events.counts()
    kernel.events.watch(true, 100_000)
    const before = open({})
    run(FRAMES.dns)
    before.free()
    run(FRAMES.dns)
    kernel.events.watch(false, 1000)
    run(FRAMES.dns)
    expect(kernel.events.counts().sent - sent).toBe(2)
  })

  it('count the packets of a super-packet', () => {
    open({})
    run(ethernet(ip({ src: '10.0.0.1', dst: '10.0.0.2' }, udp(1, 2, new Uint8Array(500)))), 5)
    expect(read(tap as OpenTap)).toMatchObject([{ segments: 5 }])
  })
})
