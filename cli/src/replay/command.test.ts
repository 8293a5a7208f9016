/** `netscope replay` as a user runs it. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const NETSCOPE = fileURLToPath(new URL('../../../bin/netscope', import.meta.url))

/** Two UDP packets and an ARP request, of a little-endian pcap file. */
const CAPTURE = Buffer.from(
  [
    'd4c3b2a1020004000000000000000000000004000100000000f15365000000002a0000002a000000',
    '0200000000020200000000010800450000',
    '1c00004000401100000a0000010a0000020fa0003500080000',
  ].join(''),
  'hex',
)

let folder = ''
const path = (name: string) => join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-cli-replay-'))
  writeFileSync(path('one.pcap'), CAPTURE)
  writeFileSync(path('one.pcap.gz'), gzipSync(CAPTURE))
  writeFileSync(path('cut.pcap'), Buffer.concat([CAPTURE, CAPTURE.subarray(24, 50)]))
  writeFileSync(path('none.txt'), 'this is no capture, only a line of text')
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (args: readonly string[], input?: Buffer) => {
  const { status, stdout, stderr } = spawnSync(NETSCOPE, ['replay', ...args], {
    encoding: 'utf8',
    cwd: folder,
    ...(input && { input }),
  })
  return { status, lines: stdout.trimEnd().split('\n'), stderr }
}
const parsed = (lines: readonly string[]) =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>)

describe('netscope replay', () => {
  it('prints a JSON line for each flow, last the summary', () => {
    for (const [args, input] of [[['one.pcap']], [['one.pcap.gz']], [['-'], CAPTURE]] as [
      string[],
      Buffer?,
    ][]) {
      const { status, lines, stderr } = run(args, input)
      expect([status, stderr, lines.length]).toEqual([0, '', 2])
      const [flow, summary] = parsed(lines)
      expect(flow).toMatchObject({
        type: 'flow',
        src: '10.0.0.1',
        dst: '10.0.0.2',
        srcPort: 4000,
        dstPort: 53,
        srcPackets: 1,
        srcBytes: 28,
      })
      expect(summary).toMatchObject({
        type: 'summary',
        packets: 1,
        counted: 1,
        flows: 1,
        truncated: false,
      })
    }
  })

  it('prints a table', () => {
    const { status, lines } = run(['--format', 'table', 'one.pcap'])
    expect(status).toBe(0)
    expect(lines[1]).toContain('UDP    10.0.0.1:4000  10.0.0.2:53')
    expect(lines.at(-2)).toBe('1 packets read: 1 counted (28 B of IP)')
  })

  it('ends with 0 and says so when a file is cut', () => {
    const { status, lines, stderr } = run(['cut.pcap'])
    expect(status).toBe(0)
    expect(parsed(lines).at(-1)).toMatchObject({ packets: 1, truncated: true })
    expect(stderr).toContain(`cut.pcap, byte ${CAPTURE.length}: the file ends within a record`)
  })

  it('ends with 1 when nothing could be read', () => {
    for (const args of [['none.txt'], ['absent.pcap'], ['--format', 'table', 'none.txt']]) {
      const { status, stderr } = run(args)
      expect(status).toBe(1)
      expect(stderr).toMatch(/neither pcap nor pcapng|no such file/)
      expect(stderr).toContain('Name captures (pcap or pcapng')
    }
  })

  it('ends with 2 for wrong usage', () => {
    const wrong = [
      [],
      ['--format', 'xml', 'one.pcap'],
      ['--top', 'x', 'one.pcap'],
      ['--flows-udp-idle-seconds', '0', 'one.pcap'],
    ]
    expect(wrong.map((args) => run(args).status)).toEqual([2, 2, 2, 2])
  })

  it('ends quietly when its reader has seen enough', () => {
    const command = `"${NETSCOPE}" replay --format json ${Array.from({ length: 400 }, () => 'one.pcap').join(' ')} | head -c 1`
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
      encoding: 'utf8',
      cwd: folder,
    })
    expect([status, stdout, stderr]).toEqual([0, '{', ''])
  })
})
