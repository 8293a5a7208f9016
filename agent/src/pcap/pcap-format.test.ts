/** pcap files of every byte order and unit of time, whole and damaged. */
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { AT, FRAME, hex, readAll } from './capture-rig.ts'
import { writePcap } from './write-capture.ts'

describe('pcap', () => {
  for (const bigEndian of [false, true])
    for (const kind of [{}, { nanoseconds: true }, { modified: true }])
      it(`is read ${bigEndian ? 'big' : 'little'}-endian, ${Object.keys(kind)[0] ?? 'microseconds'}`, async () => {
        const file = writePcap(
          [
            { bytes: FRAME, wire: 1514, ...AT },
            { bytes: FRAME, ...AT },
          ],
          { bigEndian, ...kind },
        )
        const { packets, problem } = await readAll(file)
        const time = 'nanoseconds' in kind ? '1700000000.123456789' : '1700000000.123456000'
        expect(problem).toBeUndefined()
        expect(packets).toHaveLength(2)
        expect(packets[0]).toEqual({
          bytes: hex(FRAME),
          wire: 1514,
          time,
          linkType: 1,
          name: '',
          direction: undefined,
        })
      })

  it('unpacks gzip and zstd', async () => {
    const file = writePcap(Array.from({ length: 5000 }, () => ({ bytes: FRAME, ...AT })))
    for (const packed of [gzipSync(file), zstdCompressSync(file)]) {
      const { packets, problem, bytesRead } = await readAll(packed)
      expect([packets.length, problem, bytesRead]).toEqual([5000, undefined, packed.length])
    }
  })

  it('reads records that lie across the pieces of a file of several MiB', async () => {
    const packets = Array.from({ length: 3000 }, (_, i) => ({
      bytes: new Uint8Array(1000 + (i % 7)),
      ...AT,
    }))
    const result = await readAll(writePcap(packets))
    expect([result.packets.length, result.problem]).toEqual([3000, undefined])
  })

  it('carries microseconds of a second and more over', async () => {
    const file = writePcap([{ bytes: FRAME, seconds: 5, nanos: 2_500_000_000 }])
    expect((await readAll(file)).packets[0]?.time).toBe('7.500000000')
  })

  it('has no packets and no problem when it is only a header', async () => {
    expect(await readAll(writePcap([]))).toMatchObject({ packets: [], problem: undefined })
  })

  it('reports where and why a cut file ends, after what could be read', async () => {
    const file = writePcap([
      { bytes: FRAME, ...AT },
      { bytes: FRAME, ...AT },
    ])
    const { packets, problem } = await readAll(file.subarray(0, file.length - 5))
    expect(packets).toHaveLength(1)
    expect(problem).toMatchObject({ offset: 24 + 16 + FRAME.length })
    expect(problem?.cause).toContain('ends within a record')
  })

  it('reports a damaged length at its offset', async () => {
    const file = writePcap([
      { bytes: FRAME, ...AT },
      { bytes: FRAME, ...AT },
    ])
    file.writeUInt32LE(0x7fffffff, 24 + 16 + FRAME.length + 8)
    const { packets, problem } = await readAll(file)
    expect(packets).toHaveLength(1)
    expect(problem).toMatchObject({
      offset: 24 + 16 + FRAME.length,
      cause: expect.stringContaining('2147483647 bytes'),
    })
  })

  it('reports compressed data that end early', async () => {
    const file = writePcap(
      Array.from({ length: 100_000 }, (_, i) => ({ bytes: FRAME, seconds: i, nanos: i * 997 })),
    )
    const packed = gzipSync(file)
    const { packets, problem } = await readAll(packed.subarray(0, packed.length / 2))
    expect(packets.length).toBeGreaterThan(1000)
    expect(problem?.cause).toBe('the compressed data end too early')
  })
})
