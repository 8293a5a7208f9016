/** Reported flows become records that decode to what was reported. */
import { decodeFlow } from '@netscope/core/flow.ts'
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { expect, test } from 'vitest'
import { recordsOf } from './report-records.ts'

const NOW_MS = 1_800_000_000_000

const REPORT = {
  src_ip: '10.0.0.9',
  dst_ip: '192.0.2.7',
  src_port: 50_000,
  dst_port: 443,
  protocol: 'TCP',
  bytes_sent: 1000,
  bytes_recv: 5000,
}

const flowsOf = async (...reports: object[]) => {
  const { names, records, rejected } = await recordsOf(reports, { nowMs: NOW_MS, firstSlot: 7 })
  const [interfaces, texts] = [new Map(names.interfaces), new Map(names.texts)]
  const reader = new FlowReader(records, {
    agent: 'edge',
    wallOffsetMs: names.wallOffsetMs,
    interfaceName: (ifindex) => interfaces.get(ifindex) ?? '',
    text: (id) => texts.get(id) ?? '',
    process: () => undefined,
  })
  const flows = []
  for (let at = 0; at < records.length; at += RECORD_BYTES) flows.push(decodeFlow(reader.seek(at)))
  return { flows, rejected }
}

test('everything that is said of a flow is in its record', async () => {
  const { flows, rejected } = await flowsOf({
    ...REPORT,
    packets_sent: 3,
    packets_recv: 5,
    retrans_count: 2,
    rtt_avg_ms: 12.5,
    drop_count: 1,
    node: 'node-3',
    pod: 'web-0',
    namespace: 'shop',
    first_seen: '2027-01-15T07:59:00Z',
    last_seen: '2027-01-15T07:59:30.5Z',
  })
  expect(rejected).toEqual([])
  expect(flows).toMatchObject([
    {
      src: '10.0.0.9',
      dst: '192.0.2.7',
      srcPort: 50_000,
      dstPort: 443,
      protocol: 'TCP',
      direction: 'outbound',
      srcBytes: 1000,
      dstBytes: 5000,
      srcSentBytes: 1000,
      srcReceivedBytes: 5000,
      srcPackets: 3,
      dstPackets: 5,
      srcRetransmits: 2,
      srcRttMs: 12.5,
      kernelDrops: 1,
      interface: 'node-3',
      srcName: 'web-0.shop',
      dstName: '',
      firstSeen: '2027-01-15T07:59:00.000000Z',
      lastSeen: '2027-01-15T07:59:30.500000Z',
      durationMs: 30_500,
      end: 'forced',
    },
  ])
})

test('the client stays the client, whichever address is lower', async () => {
  const { flows } = await flowsOf(
    { ...REPORT, src_ip: '2001:db8::9', dst_ip: '2001:db8::1', pod: 'a' },
    { ...REPORT, src_ip: '2001:db8::1', dst_ip: '2001:db8::9', protocol: 17 },
    { ...REPORT, src_ip: '10.0.0.1', dst_ip: '10.0.0.1', src_port: 9, dst_port: 8 },
  )
  expect(flows.map(({ src, dst, srcPort, srcBytes }) => [src, dst, srcPort, srcBytes])).toEqual([
    ['2001:db8::9', '2001:db8::1', 50_000, 1000],
    ['2001:db8::1', '2001:db8::9', 50_000, 1000],
    ['10.0.0.1', '10.0.0.1', 9, 1000],
  ])
  expect(flows.map(({ srcName }) => srcName)).toEqual(['a', '', ''])
  expect(new Set(flows.map(({ id }) => id)).size).toBe(3)
})

test.each([
  [{ ...REPORT, src_ip: '10.0.0.0/8' }, /^src_ip "10.0.0.0\/8" is no address$/],
  [{ ...REPORT, dst_ip: 'x' }, /^dst_ip "x" is no address$/],
  [{ ...REPORT, protocol: 'tpc' }, /^protocol "tpc" is unknown$/],
  [{ ...REPORT, src_port: 65_536 }, /^src_port must be <= 65535/],
  [{ ...REPORT, bytes_sent: -1 }, /^bytes_sent must be >= 0/],
  [{ ...REPORT, bytes_sent: 1e300 }, /^bytes_sent must be/],
  [{ ...REPORT, bytes: 1 }, /^there is no field bytes$/],
  [{ ...REPORT, timestamp: 'yesterday' }, /^last_seen is neither ISO 8601/],
  [{ ...REPORT, timestamp: 12 }, /before the year 2000/],
  [{ ...REPORT, timestamp: NOW_MS / 1000 + 400 }, /ahead of this server/],
  [
    { ...REPORT, first_seen: NOW_MS / 1000, last_seen: NOW_MS / 1000 - 1 },
    /^first_seen is after last_seen$/,
  ],
  [{}, /required properties src_ip/],
  [null, /must be object/],
  ['x', /must be object/],
  [[], /must be object|required/],
])('%j is rejected by its place, and keeps no other back', async (report, reason) => {
  const { rejected, flows } = await flowsOf(REPORT, report as object, REPORT)
  expect(rejected).toEqual([{ index: 1, reason: expect.stringMatching(reason) }])
  expect(flows).toHaveLength(2)
})

test('a time may be seconds since 1970, or left out', async () => {
  const { flows } = await flowsOf({ ...REPORT, timestamp: NOW_MS / 1000 - 60 }, REPORT)
  expect(flows.map(({ lastSeen }) => lastSeen)).toEqual([
    new Date(NOW_MS - 60_000).toISOString().replace('Z', '000Z'),
    new Date(NOW_MS).toISOString().replace('Z', '000Z'),
  ])
})
