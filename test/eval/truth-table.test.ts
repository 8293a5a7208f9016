/** How truth tables are read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isOfKind } from './families.ts'
import { parseMarkdown, readTruth } from './truth-table.ts'

const folderWith = (name: string, text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-truth-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, name), text)
  return folder
}

describe('a table in Markdown', () => {
  const table = (...said: string[]) =>
    [
      'Captures.',
      '',
      '| file | packets | ground truth |',
      '|---|---:|---|',
      ...said.map((text) => `| a.pcap | 5 | ${text} |`),
      '',
    ].join('\n')

  it.each([
    [
      'ALERT vertical SYN scan 192.0.2.7 -> 192.0.2.9; open=1.2.3.4',
      'alert',
      'scan',
      ['192.0.2.7', '192.0.2.9'],
    ],
    [
      'ALERT SYN flood 192.0.2.10 -> 198.51.100.5:443',
      'alert',
      'flood',
      ['192.0.2.10', '198.51.100.5'],
    ],
    ['ALERT UDP scan of 192.0.2.9; not a UDP flood', 'alert', 'scan', ['192.0.2.9']],
    ['ALERT rogue RA / gateway removal (4x)', 'alert', 'spoofing', []],
    [
      'ALERT rogue RA from fe80::6600:6aff:fe5b:8eb3',
      'alert',
      'spoofing',
      ['fe80::6600:6aff:fe5b:8eb3'],
    ],
    [
      'ALERT 192.0.2.1 -> 192.0.2.2:21, 20 failures in 37 s',
      'alert',
      'guessing',
      ['192.0.2.1', '192.0.2.2'],
    ],
    ['ALERT DNS tunnel 10.0.2.30 -> 10.0.2.20', 'alert', 'tunnel', ['10.0.2.30', '10.0.2.20']],
    ['**NO ALERT**', 'silence', '', []],
    ['no crash, no alert', 'silence', '', []],
    ['NO spoof alert, NO crash', 'silence', '', []],
    ['BOUNDARY beacon with jitter', 'boundary', '', []],
    ['34 conn records', 'unstated', '', []],
  ] as const)('%s', (said, expectation, kind, addresses) => {
    expect(parseMarkdown(table(said))).toEqual([
      { file: 'a.pcap', expect: expectation, kind, addresses },
    ])
  })

  it('is left alone without the two columns', () => {
    expect(parseMarkdown('| file | size |\n|---|---|\n| a.pcap | 5 |\n')).toEqual([])
  })

  it('is read where there is no truth.json', () => {
    expect(readTruth(folderWith('README.md', table('ALERT scan')))).toHaveLength(1)
  })
})

describe('truth.json', () => {
  it('is taken as it is', () => {
    const rows = [
      { file: 'a.pcap', expect: 'alert', kind: 'tcp-scan', addresses: ['192.0.2.1'] },
      { file: 'b.pcap', expect: 'silence' },
    ]
    expect(readTruth(folderWith('truth.json', JSON.stringify(rows)))).toEqual([
      rows[0],
      { ...rows[1], kind: '', addresses: [] },
    ])
  })
  it.each(['{}', '[{"file":"a"}]', '[{"file":"a","expect":"perhaps"}]'])(
    'is refused: %s',
    (text) => {
      expect(() => readTruth(folderWith('truth.json', text))).toThrow('truth.json')
    },
  )
  it('or README.md must be there', () => {
    expect(() => readTruth(folderWith('other', ''))).toThrow('neither')
  })
})

describe('a detection', () => {
  it('is of a family by its technique, or of a detector by its name', () => {
    const alert = { detector: 'tcp-scan', technique: 'T1595.001' }
    expect(['scan', 'tcp-scan', 'flood', 'udp-scan'].map((kind) => isOfKind(alert, kind))).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})
