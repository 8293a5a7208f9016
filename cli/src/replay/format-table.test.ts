/** Flows and summary as text. */
import { describe, expect, it } from 'vitest'
import type { ReplayAlert, ReplayFlow, ReplaySummary } from '@netscope/core/replay.ts'
import { formatAlerts, formatFlows, formatSummary } from './format-table.ts'
import { createTopFlows } from './top-flows.ts'

const flow = (changes: Partial<ReplayFlow> = {}): ReplayFlow =>
  ({
    type: 'flow',
    src: '10.0.0.1',
    dst: '10.0.0.2',
    srcPort: 4000,
    dstPort: 53,
    protocol: 'UDP',
    vlan: 0,
    innerVlan: 0,
    interface: '',
    srcPackets: 1,
    dstPackets: 2,
    srcBytes: 60,
    dstBytes: 1500,
    firstSeen: '2023-11-14T22:13:20.123456Z',
    durationMs: 12,
    end: 'idle',
    ...changes,
  }) as ReplayFlow

const summary: ReplaySummary = {
  type: 'summary',
  files: ['a.pcap'],
  packets: 10,
  counted: 6,
  malformed: 1,
  notIp: 2,
  notCounted: { 'table full': 1 },
  bytes: 3120,
  flows: 2,
  alerts: 0,
  firstSeen: '2023-11-14T22:13:20.000000Z',
  lastSeen: '2023-11-14T22:13:21.500000Z',
  durationMs: 1500,
  truncated: false,
  problems: [],
}

const alert: ReplayAlert = {
  type: 'alert',
  id: '0123456789abcdef',
  detector: 'tcp-scan',
  title: '192.0.2.7 scans the ports of 10.0.0.9',
  severity: 40,
  label: 'medium',
  src: '192.0.2.7',
  dst: '10.0.0.9',
  firstSeen: '2023-11-14T22:13:20.123Z',
  lastSeen: '2023-11-14T22:13:21.123Z',
  count: 1000,
}

describe('the table', () => {
  it('shows detections', () => {
    expect(formatAlerts([alert])).toEqual([
      'DETECTED (UTC)           SEVERITY  DETECTOR  COUNT  WHAT',
      '2023-11-14 22:13:20.123  medium    tcp-scan   1000  192.0.2.7 scans the ports of 10.0.0.9',
    ])
    expect(formatSummary({ ...summary, alerts: 3 }, [])).toContain('3 detections')
  })

  it('aligns its columns and leaves empty ones out', () => {
    expect(formatFlows([flow(), flow({ srcPort: 5, dstPackets: 12345, end: 'forced' })])).toEqual([
      'START (UTC)              DURATION  PROTO  SOURCE         DESTINATION  PACKETS OUT     IN  BYTES OUT       IN  END',
      '2023-11-14 22:13:20.123     12 ms  UDP    10.0.0.1:4000  10.0.0.2:53            1      2       60 B  1.50 kB  idle',
      '2023-11-14 22:13:20.123     12 ms  UDP    10.0.0.1:5     10.0.0.2:53            1  12345       60 B  1.50 kB  forced',
    ])
  })

  it('shows VLANs and interfaces where there are any, IPv6 in brackets, ICMP without ports', () => {
    const [title = '', one = '', two = ''] = formatFlows([
      flow({ src: '2001:db8::1', vlan: 7, innerVlan: 8, interface: 'eth0' }),
      flow({ protocol: 'ICMP', srcPort: 8, dstPort: 0 }),
    ])
    expect(title).toMatch(/VLAN {2}INTERFACE/)
    expect(one).toMatch(/\[2001:db8::1\]:4000 .* 7\.8 {2}eth0/)
    expect(two).toMatch(/ICMP {3}10\.0\.0\.1 +10\.0\.0\.2 /)
  })

  it('sums up where every packet went', () => {
    expect(formatSummary(summary, [flow()])).toEqual([
      '2 flows, the largest 1 shown with 50.0 % of the bytes',
      '10 packets read: 6 counted (3.12 kB of IP), 2 not IP, 1 malformed, 1 table full',
      '2023-11-14T22:13:20.000000Z to 2023-11-14T22:13:21.500000Z (1.5 s)',
    ])
  })

  it('says when a file was not read to its end', () => {
    expect(formatSummary({ ...summary, truncated: true }, []).at(-1)).toContain(
      'not read to the end',
    )
  })
})

describe('the largest flows', () => {
  it('are kept, largest first, earlier first among equals', () => {
    const top = createTopFlows(3)
    const sizes = [5, 1, 9, 9, 2, 7, 7, 3, 8, 0]
    sizes.forEach((srcBytes, srcPort) => top.add(flow({ srcBytes, srcPort, dstBytes: 0 })))
    expect(top.list().map((one) => [one.srcBytes, one.srcPort])).toEqual([
      [9, 2],
      [9, 3],
      [8, 8],
    ])
  })

  it('are those of a full sort, whatever the order', () => {
    const sizes = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1009)
    const top = createTopFlows(25)
    for (const srcBytes of sizes) top.add(flow({ srcBytes, dstBytes: 0 }))
    expect(top.list().map((one) => one.srcBytes)).toEqual(
      sizes.toSorted((a, b) => b - a).slice(0, 25),
    )
  })
})
