/** What a capture writes is read back by the reader of captures. */
import { expect, test } from 'vitest'
import { hex, readAll } from '../pcap/capture-rig.ts'
import { createCaptureFile, MAX_COMMENT_BYTES } from './capture-file.ts'
import { captured, type FakeRecord } from './fake-tap.ts'

const FRAME = Uint8Array.from({ length: 61 }, (_, i) => i)
const OFFSET = 1_700_000_000_000_000_000n

const write = (records: readonly FakeRecord[], comment = 'a > b') => {
  const pieces: Buffer[] = []
  const file = createCaptureFile({
    hardware: 'x86_64',
    system: 'Linux 6.1',
    application: 'NetScope 1',
    snapLength: 65_535,
    interfaceName: (ifindex) => `eth${ifindex}`,
    write: (bytes) => pieces.push(Buffer.from(bytes)),
  })
  for (const record of records) file.packet(captured(record), Buffer.from(comment), OFFSET)
  const end = () => {
    file.flush()
    return Buffer.concat(pieces)
  }
  return { file, pieces, end }
}

test('packets come back with bytes, length, time to the nanosecond, interface and direction', async () => {
  const { file, end } = write([
    { bytes: FRAME, timeNs: 123_456_789, ifindex: 3 },
    { bytes: FRAME.subarray(0, 34), length: 1500, timeNs: 2_000_000_001, egress: true },
    { bytes: FRAME.subarray(14), raw: true, ifindex: 9, egress: true },
  ])
  const { packets, problem, bad } = await readAll(end())
  expect([problem, bad]).toEqual([undefined, []])
  const name = (ifindex: number) => ({ linkType: ifindex === 9 ? 101 : 1, name: `eth${ifindex}` })
  expect(packets).toEqual([
    { bytes: hex(FRAME), wire: 61, time: '1700000000.123456789', direction: 0, ...name(3) },
    {
      bytes: hex(FRAME.subarray(0, 34)),
      wire: 1500,
      time: '1700000002.000000001',
      direction: 1,
      ...name(2),
    },
    {
      bytes: hex(FRAME.subarray(14)),
      wire: 47,
      time: '1700000000.000000000',
      direction: 1,
      ...name(9),
    },
  ])
  expect(file.packets).toBe(3)
})

test('a tag that the hardware has taken out is put back', async () => {
  const { end } = write([{ bytes: FRAME, vlan: { tci: 0x2064, proto: 0x8100 } }])
  const [packet] = (await readAll(end())).packets
  expect(packet).toMatchObject({
    bytes: `${hex(FRAME.subarray(0, 12))}81002064${hex(FRAME.subarray(12))}`,
    wire: 65,
  })
})

test('the buffer is handed on when it is full, and never more than a packet may take', async () => {
  const big = new Uint8Array(65_535).fill(5)
  const longest = 'x'.repeat(MAX_COMMENT_BYTES)
  const { file, pieces, end } = write(
    Array.from({ length: 20 }, (_, i) => ({
      bytes: big,
      ifindex: i,
      vlan: { tci: 1, proto: 0x88a8 },
    })),
    longest,
  )
  const record = captured({ bytes: big })
  const before = file.bytes
  file.packet(record, Buffer.from(longest), OFFSET)
  expect(file.bytes - before).toBeLessThanOrEqual(file.bytesOf(record))
  const whole = end()
  expect(whole.length).toBe(file.bytes)
  expect(pieces.length).toBeGreaterThan(4)
  const { packets, problem, bad } = await readAll(whole)
  expect([packets.length, problem, bad]).toEqual([21, undefined, []])
})

test('statistics end the file, also of interfaces that lost all they had', async () => {
  const { file, end } = write([{ bytes: FRAME }])
  const statistics = [
    { ifindex: 2, accepted: 5, lost: 4 },
    { ifindex: 7, accepted: 3, lost: 3 },
  ]
  file.statistics(statistics, OFFSET, OFFSET + 10n, 'over')
  const bytes = end()
  expect((await readAll(bytes)).problem).toBeUndefined()
  const blocks: number[] = []
  for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4))
    blocks.push(bytes.readUInt32LE(at))
  expect(blocks).toEqual([0x0a0d0d0a, 1, 6, 5, 1, 5])
})
