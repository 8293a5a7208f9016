/** pcapng files with sections, interfaces and blocks of every kind. */
import { describe, expect, it } from 'vitest'
import { FRAME, hex, readAll, text } from './capture-rig.ts'
import {
  type Option,
  pcapngBlock,
  pcapngInterface,
  pcapngPacket,
  pcapngSection,
  pcapngSimplePacket,
} from './write-capture.ts'

const u32 = (value: number) => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

describe('pcapng', () => {
  for (const bigEndian of [false, true])
    it(`is read ${bigEndian ? 'big' : 'little'}-endian with every kind of packet block`, async () => {
      const ticks = 1_700_000_000_123_456n
      const file = Buffer.concat([
        pcapngSection(bigEndian),
        pcapngInterface(1, [[2, text('eth0')]], bigEndian),
        pcapngPacket({ ticks, bytes: FRAME, wire: 999 }, bigEndian),
        pcapngPacket({ ticks, bytes: FRAME.subarray(0, 57) }, bigEndian, true),
        pcapngSimplePacket(FRAME, FRAME.length, bigEndian),
      ])
      const { packets, problem, bad } = await readAll(file)
      const time = '1700000000.123456000'
      expect([problem, bad]).toEqual([undefined, []])
      expect(packets).toEqual([
        { bytes: hex(FRAME), wire: 999, time, linkType: 1, name: 'eth0', direction: undefined },
        {
          bytes: hex(FRAME.subarray(0, 57)),
          wire: 57,
          time,
          linkType: 1,
          name: 'eth0',
          direction: undefined,
        },
        {
          bytes: hex(FRAME),
          wire: FRAME.length,
          time,
          linkType: 1,
          name: 'eth0',
          direction: undefined,
        },
      ])
    })

  it('keeps the interfaces of each section apart', async () => {
    const file = Buffer.concat([
      pcapngSection(),
      pcapngInterface(1, [[2, text('a')]]),
      pcapngInterface(101, [[2, text('b')]]),
      pcapngPacket({ face: 1, ticks: 1n, bytes: FRAME }),
      pcapngSection(true),
      pcapngInterface(113, [[2, text('c')]], true),
      pcapngPacket({ face: 0, ticks: 1n, bytes: FRAME }, true),
      pcapngPacket({ face: 1, ticks: 1n, bytes: FRAME }, true),
    ])
    const { packets, bad } = await readAll(file)
    expect(packets.map((p) => [p.name, p.linkType])).toEqual([
      ['b', 101],
      ['c', 113],
    ])
    expect(bad).toEqual(["a packet of interface 1, which the section doesn't describe"])
  })

  it('skips blocks it does not know, longer than what is read at a time', async () => {
    const file = Buffer.concat([
      pcapngSection(),
      pcapngBlock(0x0bad, new Uint8Array(3_000_001)),
      pcapngInterface(1),
      pcapngBlock(5, new Uint8Array(12)),
      pcapngPacket({ ticks: 1n, bytes: FRAME }),
    ])
    expect(await readAll(file)).toMatchObject({
      packets: [{ wire: FRAME.length }],
      problem: undefined,
    })
    expect((await readAll(file.subarray(0, 2_000_000))).problem?.cause).toContain(
      'before the end of a block',
    )
  })

  it('takes direction from the packet flags', async () => {
    const flags = (value: number): Option[] => [[2, u32(value)]]
    const file = Buffer.concat([
      pcapngSection(),
      pcapngInterface(1),
      ...[0, 1, 2].map((value) => pcapngPacket({ ticks: 1n, bytes: FRAME, options: flags(value) })),
    ])
    expect((await readAll(file)).packets.map((p) => p.direction)).toEqual([undefined, 0, 1])
  })

  const RESOLUTIONS: [name: string, tsresol: number, ticks: bigint, time: string][] = [
    ['nanoseconds', 9, 1_700_000_000_123_456_789n, '1700000000.123456789'],
    ['nanoseconds at the end of a second', 9, 1_700_000_000_999_999_999n, '1700000000.999999999'],
    ['whole nanosecond seconds', 9, 1_700_000_001_000_000_000n, '1700000001.000000000'],
    ['milliseconds', 3, 1_700_000_000_123n, '1700000000.123000000'],
    ['seconds', 0, 1_700_000_000n, '1700000000.000000000'],
    ['picoseconds', 12, 1_700_000_000_123_456n * 1000n, '1700000.000123456'],
    ['2^-10 s', 0x8a, 1_700_000_000n * 1024n + 512n, '1700000000.500000000'],
    ['2^-32 s', 0xa0, 1_700_000_000n * 4294967296n + 1073741824n, '1700000000.250000000'],
  ]
  for (const [name, tsresol, ticks, time] of RESOLUTIONS)
    it(`reads time stamps in ${name}`, async () => {
      const face = pcapngInterface(1, [[9, Uint8Array.of(tsresol)]])
      const file = Buffer.concat([pcapngSection(), face, pcapngPacket({ ticks, bytes: FRAME })])
      expect((await readAll(file)).packets[0]?.time).toBe(time)
    })

  it('adds the offset of an interface', async () => {
    const offset = new Uint8Array(8)
    new DataView(offset.buffer).setBigInt64(0, -3600n, true)
    const face = pcapngInterface(1, [[14, offset]])
    const file = Buffer.concat([
      pcapngSection(),
      face,
      pcapngPacket({ ticks: 7_200_000_001n, bytes: FRAME }),
    ])
    expect((await readAll(file)).packets[0]?.time).toBe('3600.000001000')
  })

  it('stops where the two lengths of a block differ, with its offset', async () => {
    const [section, face, packet] = [
      pcapngSection(),
      pcapngInterface(1),
      pcapngPacket({ ticks: 1n, bytes: FRAME }),
    ]
    const broken = Buffer.from(packet)
    broken.writeUInt32LE(60, broken.length - 4)
    const { packets, problem } = await readAll(
      Buffer.concat([section, face, packet, broken, packet]),
    )
    expect(packets).toHaveLength(1)
    expect(problem).toMatchObject({ offset: section.length + face.length + packet.length })
  })

  it('keeps control characters of interface names to itself', async () => {
    const face = pcapngInterface(1, [[2, text('e\u001b[31mth\u202e0')]])
    const file = Buffer.concat([pcapngSection(), face, pcapngPacket({ ticks: 1n, bytes: FRAME })])
    expect((await readAll(file)).packets[0]?.name).toBe('e[31mth0')
  })
})
