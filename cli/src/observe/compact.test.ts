/** A flow as one line. */
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { fakeFlow } from '../client/fake-flow.ts'
import { paintFor, plain } from '../output/paint.ts'
import { formatTime } from '../output/units.ts'
import { compactLine } from './compact.ts'
import type { FlowRow } from './field.ts'
import type { Change } from './follow.ts'

const NOW = Date.UTC(2026, 6, 31, 12, 0, 2)
const FULL: Partial<FlowRow> = {
  srcProcess: 'curl',
  srcPid: 4711,
  dstName: 'example.com',
  srcBytesPerSecond: 12_300,
  srcBytes: 1_200_000,
  dstBytes: 34e6,
  srcRttMs: 12.3,
  srcRetransmits: 2,
}
const line = (changes: Partial<FlowRow>, change?: Change): string =>
  compactLine(fakeFlow(changes), plain, NOW, change)
const time = (iso: string) => formatTime(iso, NOW)

test('says who talks to whom, how much and how well', () => {
  expect(line(FULL)).toBe(
    `${time('2026-07-31T12:00:01Z')} curl[4711] 10.0.0.5:40222 → example.com (93.184.216.34):443 TCP PASS ` +
      '12.3 kB/s ↑1.20 MB ↓34.0 MB rtt 12.3 ms retrans 2',
  )
})

test('marks what is followed: begun by its first packet, ended with the reason', () => {
  const at = time('2026-07-31T12:00:00Z')
  expect(line({}, 'begun')).toBe(`${at} + 10.0.0.5:40222 → 93.184.216.34:443 TCP PASS ↑0 B ↓0 B`)
  expect(line({ end: 'closed', durationMs: 1000, srcBytesPerSecond: 9 }, 'ended')).toBe(
    `${time('2026-07-31T12:00:01Z')} - 10.0.0.5:40222 → 93.184.216.34:443 TCP PASS ↑0 B ↓0 B closed after 1.0 s`,
  )
})

test('shows the other owner, containers, IPv6, ICMP', () => {
  const nginx = { dstProcess: 'nginx', dstPid: 7, dstContainer: 'docker:0123456789ab' }
  expect(line({ src: '2001:db8::1', ...nginx })).toContain(
    '[2001:db8::1]:40222 → nginx[7] docker:0123456789ab 93.184.216.34:443 TCP',
  )
  expect(line({ protocol: 'ICMP', srcPort: 8, dstPort: 0 })).toContain(
    '10.0.0.5 → 93.184.216.34 ICMP',
  )
})

test('names what went wrong', () => {
  const troubles = { kernelDrops: 2, dropReason: 'NO_SOCKET', srcDroppedPackets: 3 }
  expect(line({ handshake: 'refused', ...troubles })).toMatch(
    /refused dropped 3 kernel drops 2 \(NO_SOCKET\)$/,
  )
  expect(line({ handshake: 'unanswered', connect: 'timed-out' })).toMatch(/↓0 B timed-out$/)
})

test('no text from outside steers the terminal, also in colours', () => {
  const hostile = '\u001b]0;x\u0007\u009b2J\n'
  const texts = Object.entries(fakeFlow()).filter(([, value]) => typeof value === 'string')
  const flow = Object.fromEntries(texts.map(([name]) => [name, hostile])) as Partial<FlowRow>
  expect(line({ ...flow, kernelDrops: 1 })).toMatch(/^\P{Cc}*$/u)
  const paint = paintFor({ isTTY: true }, {})
  const coloured = compactLine(fakeFlow({ ...flow, kernelDrops: 1 }), paint, NOW)
  expect(coloured).toContain('\u001b[')
  // What is left after our own colours is harmless.
  expect(stripVTControlCharacters(coloured)).toMatch(/^\P{Cc}*$/u)
})

test('colours are only for terminals that want them', () => {
  const paints = [
    paintFor({}, {}),
    paintFor({ isTTY: true }, { NO_COLOR: '1' }),
    paintFor({ isTTY: true }, { TERM: 'dumb' }),
  ]
  expect(paints.map((paint) => paint('red', 'x'))).toEqual(['x', 'x', 'x'])
})
