/** What a file that is no capture is told. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readAll, text } from './capture-rig.ts'
import { writePcap } from './write-capture.ts'

describe('what is no capture', () => {
  const CASES: [name: string, content: Uint8Array, cause: string][] = [
    ['an empty file', new Uint8Array(0), 'the file is empty'],
    ['a short file', writePcap([]).subarray(0, 10), 'ends after 10 bytes'],
    [
      'a text',
      text('hello world, this is not a capture at all'),
      'neither pcap nor pcapng; its first bytes are 68656c6c6f20776f',
    ],
    ['snoop', Buffer.concat([text('snoop\0\0\0'), new Uint8Array(40)]), 'editcap'],
    ['bzip2', Buffer.concat([text('BZh9'), new Uint8Array(40)]), 'unpack it first'],
    [
      'gzip of a text',
      gzipSync('nothing to see here, it is only a text'),
      'neither pcap nor pcapng',
    ],
  ]
  for (const [name, content, cause] of CASES)
    it(`says so about ${name}`, async () => {
      const { packets, problem } = await readAll(content)
      expect(packets).toEqual([])
      expect(problem?.cause).toContain(cause)
    })

  it('says so about a file that is not there, and about a folder', async () => {
    expect((await readAll('/nonexistent/capture')).problem?.cause).toBe('no such file')
    expect((await readAll(import.meta.dirname)).problem?.cause).toContain('a directory')
  })
})
