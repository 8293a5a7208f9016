/** Captures of every format, byte order and kind of block, made by write-capture.ts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ethernet, ip, udp } from '../mock/packet.ts'
import { openCapture } from './read-capture.ts'
import {
  type Option,
  pcapngBlock,
  pcapngInterface,
  pcapngPacket,
  pcapngSection,
  pcapngSimplePacket,
  writePcap,
} from './write-capture.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-capture-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const FRAME = ethernet(ip({ src: '10.0.0.1', dst: '10.0.0.2' }, udp(1000, 53, new Uint8Array(20))))
const AT = { seconds: 1_700_000_000, nanos: 123_456_789 }

interface Seen {
  bytes: string
  wire: number
  time: string
  linkType: number
  name: string
  direction: number | undefined
}

const read = async (content: Uint8Array | string) => {
  const path = typeof content === 'string' ? content : join(folder, 'capture')
  if (typeof content !== 'string') writeFileSync(path, content)
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

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const text = (value: string) => new TextEncoder().encode(value)
const u32 = (value: number) => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

describe('pcap', () => {
  for (const bigEndian of [false, true])
    for (const kind of [{}, { nanoseconds: true }, { modified: true }])
      it(`is read ${bigEndian ? 'big' : 'little'}-endian, ${Object.keys(kind)[0] ?? 'microseconds'}`, async () => {
        const file = writePcap([{ bytes: FRAME, wire: 1514, ...AT }, { bytes: FRAME, ...AT }], { bigEndian, ...kind })
        const { packets, problem } = await read(file)
        const time = 'nanoseconds' in kind ? '1700000000.123456789' : '1700000000.123456000'
        expect(problem).toBeUndefined()
        expect(packets).toHaveLength(2)
        expect(packets[0]).toEqual({ bytes: hex(FRAME), wire: 1514, time, linkType: 1, name: '', direction: undefined })
      })

  it('unpacks gzip and zstd', async () => {
    const file = writePcap(Array.from({ length: 5000 }, () => ({ bytes: FRAME, ...AT })))
    for (const packed of [gzipSync(file), zstdCompressSync(file)]) {
      const { packets, problem, bytesRead } = await read(packed)
      expect([packets.length, problem, bytesRead]).toEqual([5000, undefined, packed.length])
    }
  })

  it('reads records that lie across the pieces of a file of several MiB', async () => {
    const packets = Array.from({ length: 3000 }, (_, i) => ({ bytes: new Uint8Array(1000 + (i % 7)), ...AT }))
    const result = await read(writePcap(packets))
    expect([result.packets.length, result.problem]).toEqual([3000, undefined])
  })

  it('carries microseconds of a second and more over', async () => {
    const file = writePcap([{ bytes: FRAME, seconds: 5, nanos: 2_500_000_000 }])
    expect((await read(file)).packets[0]?.time).toBe('7.500000000')
  })

  it('has no packets and no problem when it is only a header', async () => {
    expect(await read(writePcap([]))).toMatchObject({ packets: [], problem: undefined })
  })

  it('reports where and why a cut file ends, after what could be read', async () => {
    const file = writePcap([{ bytes: FRAME, ...AT }, { bytes: FRAME, ...AT }])
    const { packets, problem } = await read(file.subarray(0, file.length - 5))
    expect(packets).toHaveLength(1)
    expect(problem).toMatchObject({ offset: 24 + 16 + FRAME.length })
    expect(problem?.cause).toContain('ends within a record')
  })

  it('reports a damaged length at its offset', async () => {
    const file = writePcap([{ bytes: FRAME, ...AT }, { bytes: FRAME, ...AT }])
    file.writeUInt32LE(0x7fffffff, 24 + 16 + FRAME.length + 8)
    const { packets, problem } = await read(file)
    expect(packets).toHaveLength(1)
    expect(problem).toMatchObject({ offset: 24 + 16 + FRAME.length, cause: expect.stringContaining('2147483647 bytes') })
  })

  it('reports compressed data that end early', async () => {
    const file = writePcap(Array.from({ length: 100_000 }, (_, i) => ({ bytes: FRAME, seconds: i, nanos: i * 997 })))
    const packed = gzipSync(file)
    const { packets, problem } = await read(packed.subarray(0, packed.length / 2))
    expect(packets.length).toBeGreaterThan(1000)
    expect(problem?.cause).toBe('the compressed data end too early')
  })
})

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
      const { packets, problem, bad } = await read(file)
      const time = '1700000000.123456000'
      expect([problem, bad]).toEqual([undefined, []])
      expect(packets).toEqual([
        { bytes: hex(FRAME), wire: 999, time, linkType: 1, name: 'eth0', direction: undefined },
        { bytes: hex(FRAME.subarray(0, 57)), wire: 57, time, linkType: 1, name: 'eth0', direction: undefined },
        { bytes: hex(FRAME), wire: FRAME.length, time, linkType: 1, name: 'eth0', direction: undefined },
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
    const { packets, bad } = await read(file)
    expect(packets.map((p) => [p.name, p.linkType])).toEqual([['b', 101], ['c', 113]])
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
    expect(await read(file)).toMatchObject({ packets: [{ wire: FRAME.length }], problem: undefined })
    expect((await read(file.subarray(0, 2_000_000))).problem?.cause).toContain('before the end of a block')
  })

  it('takes direction from the packet flags', async () => {
    const flags = (value: number): Option[] => [[2, u32(value)]]
    const file = Buffer.concat([
      pcapngSection(),
      pcapngInterface(1),
      ...[0, 1, 2].map((value) => pcapngPacket({ ticks: 1n, bytes: FRAME, options: flags(value) })),
    ])
    expect((await read(file)).packets.map((p) => p.direction)).toEqual([undefined, 0, 1])
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
      expect((await read(file)).packets[0]?.time).toBe(time)
    })

  it('adds the offset of an interface', async () => {
    const offset = new Uint8Array(8)
    new DataView(offset.buffer).setBigInt64(0, -3600n, true)
    const face = pcapngInterface(1, [[14, offset]])
    const file = Buffer.concat([pcapngSection(), face, pcapngPacket({ ticks: 7_200_000_001n, bytes: FRAME })])
    expect((await read(file)).packets[0]?.time).toBe('3600.000001000')
  })

  it('stops where the two lengths of a block differ, with its offset', async () => {
    const [section, face, packet] = [pcapngSection(), pcapngInterface(1), pcapngPacket({ ticks: 1n, bytes: FRAME })]
    const broken = Buffer.from(packet)
    broken.writeUInt32LE(60, broken.length - 4)
    const { packets, problem } = await read(Buffer.concat([section, face, packet, broken, packet]))
    expect(packets).toHaveLength(1)
    expect(problem).toMatchObject({ offset: section.length + face.length + packet.length })
  })

  it('keeps control characters of interface names to itself', async () => {
    const face = pcapngInterface(1, [[2, text('e\u001b[31mth\u202e0')]])
    const file = Buffer.concat([pcapngSection(), face, pcapngPacket({ ticks: 1n, bytes: FRAME })])
    expect((await read(file)).packets[0]?.name).toBe('e[31mth0')
  })
})

describe('what is no capture', () => {
  const CASES: [name: string, content: Uint8Array, cause: string][] = [
    ['an empty file', new Uint8Array(0), 'the file is empty'],
    ['a short file', writePcap([]).subarray(0, 10), 'ends after 10 bytes'],
    ['a text', text('hello world, this is not a capture at all'), 'neither pcap nor pcapng; its first bytes are 68656c6c6f20776f'],
    ['snoop', Buffer.concat([text('snoop\0\0\0'), new Uint8Array(40)]), 'editcap'],
    ['bzip2', Buffer.concat([text('BZh9'), new Uint8Array(40)]), 'unpack it first'],
    ['gzip of a text', gzipSync('nothing to see here, it is only a text'), 'neither pcap nor pcapng'],
  ]
  for (const [name, content, cause] of CASES)
    it(`says so about ${name}`, async () => {
      const { packets, problem } = await read(content)
      expect(packets).toEqual([])
      expect(problem?.cause).toContain(cause)
    })

  it('says so about a file that is not there, and about a folder', async () => {
    expect((await read(join(folder, 'none'))).problem?.cause).toBe('no such file')
    expect((await read(folder)).problem?.cause).toContain('a directory')
  })
})
