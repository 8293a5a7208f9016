/** For tests: a status as an agent sends it every second. */
import type { Status } from '@netscope/core/status.ts'

const BASE: Status = {
  timeMs: 1_700_000_000_000,
  totals: [
    { protocol: 'TCP', direction: 'INGRESS', action: 'PASS', packets: 100, bytes: 5000 },
    { protocol: 'TCP', direction: 'EGRESS', action: 'PASS', packets: 50, bytes: 2500 },
    { protocol: 'UDP', direction: 'INGRESS', action: 'DROP', packets: 3, bytes: 300 },
  ],
  packetsPerSecond: 12.5,
  bytesPerSecond: 1000,
  lastSecond: { rxBytes: 10, txBytes: 20, rxPackets: 1, txPackets: 2, droppedPackets: 0 },
  activeIps: 4,
  activeIpsAtLeast: false,
  activeFlows: 7,
  topIps: [
    {
      ip: '192.0.2.1',
      packetsPerSecond: 9,
      bytesPerSecond: 900,
      uniqueDstPorts: 3,
      synCount: 5,
      synAckCount: 4,
    },
    {
      ip: '2001:db8::1',
      packetsPerSecond: 2,
      bytesPerSecond: 200,
      uniqueDstPorts: 1,
      synCount: 0,
      synAckCount: 0,
    },
  ],
  interfaces: [
    {
      name: 'eth0',
      ifindex: 2,
      kind: 'physical',
      attached: 'tcx',
      leaf: true,
      rxBytesPerSecond: 10,
      txBytesPerSecond: 20,
      coverage: { packets: 1, bytes: 0.999, missing: [] },
    },
  ],
  coverage: {
    packets: 0.999,
    bytes: 0.998,
    missing: [{ cause: 'not IP', packets: 6, bytes: 400 }],
  },
  flowTable: { used: 7, capacity: 131_072, overflowPackets: 0, overflowBytes: 0 },
  tcp: {
    sentBytes: 5000,
    receivedBytes: 7000,
    retransmits: 6,
    retransmitEvents: 4,
    rttSamples: 90,
    drops: 2,
    connects: 30,
    accepts: 12,
    refused: 3,
    timedOut: 1,
    established: 8,
  },
  drops: [{ interface: 'eth0', reason: 'QDISC_DROP', packets: 2, bytes: 3000 }],
  rtt: [{ peer: 'public', counts: [...Array<number>(40).fill(0), 5, 3], sumUs: 10_000 }],
  dns: [
    {
      server: '192.0.2.53',
      queries: 20,
      answers: 18,
      unanswered: 2,
      rcodes: { NOERROR: 15, NXDOMAIN: 3 },
      latencySumMs: 250,
    },
  ],
  sockets: { used: 40, capacity: 65_536, overflow: 0 },
  observations: { sent: 70, skipped: 5, lost: 1 },
  events: { watched: false, sent: 11, skipped: 2, lost: 1 },
  lists: { allow: { entries: 1, capacity: 1_000_000 }, deny: { entries: 2, capacity: 1_000_000 } },
  capabilities: [
    { name: 'tcx', ok: true },
    { name: 'ring buffer', ok: false, reason: 'the kernel is older than 5.8' },
  ],
  degraded: [],
  agent: { rssBytes: 50_000_000, cpuSeconds: 1.5, uplinkDroppedRecords: 0, uplinkQueuedBytes: 0 },
  programs: [{ name: 'ingress', runs: 150, runNs: 15_000 }],
}

export const fakeStatus = (given: Partial<Status> = {}): Status => ({ ...BASE, ...given })
