/** Status answers of the fake server, made from its network. */
import type { Status } from '@netscope/core/status.ts'
import { fakeTcpHealth } from './fake-tcp-health.ts'
import type { FakeNetwork } from './fake-network.ts'

export interface StatusSource {
  network: FakeNetwork
  lists: { deny: number; allow: number }
  healthy: boolean
  events: Status['events']
}

const ILL = [
  'eth1: the program could not be attached: no such device. Name an existing interface in network.interfaces, or use auto.',
  'The flow table was full: 1,204 packets are counted in the totals but not in a flow. Raise flows.capacity in config.yaml.',
]

/** The second's status at `timeMs`. */
export const fakeStatus = (
  { network, lists, healthy, events }: StatusSource,
  timeMs: number,
): Status => {
  const flows = network.live()
  const sum = (of: (flow: (typeof flows)[number]) => number) =>
    flows.reduce((total, flow) => total + of(flow), 0)
  const out = (flow: (typeof flows)[number]) =>
    flow.direction === 'outbound' ? flow.srcBytesPerSecond : flow.dstBytesPerSecond
  const txBytes = sum(out)
  const rxBytes = sum((flow) => flow.srcBytesPerSecond + flow.dstBytesPerSecond) - txBytes
  const dropped = sum((flow) =>
    flow.verdict === 'DROP' ? Math.ceil(flow.srcBytesPerSecond / 900) : 0,
  )
  const overflow = healthy ? 0 : 1204
  return {
    timeMs,
    totals: [],
    packetsPerSecond: (rxBytes + txBytes) / 900,
    bytesPerSecond: rxBytes + txBytes,
    lastSecond: {
      rxBytes,
      txBytes,
      rxPackets: Math.ceil(rxBytes / 900),
      txPackets: Math.ceil(txBytes / 900),
      droppedPackets: dropped,
    },
    activeIps: 41,
    activeIpsAtLeast: false,
    activeFlows: flows.length,
    topIps: [
      '10.0.0.5',
      '185.220.101.7',
      '192.168.178.34',
      '2003:e1:bf2a:4f00:9c1b:22ff:fe3a:77d0',
    ].map((ip, i) => ({
      ip,
      packetsPerSecond: 1840 / (i + 1) ** 2,
      bytesPerSecond: 1_650_000 / (i + 1) ** 3,
      uniqueDstPorts: i === 1 ? 412 : 3 + i,
      synCount: i === 1 ? 980 : 12,
      synAckCount: 3,
    })),
    interfaces: [
      {
        name: 'eth0',
        ifindex: 2,
        kind: 'ethernet',
        attached: 'tcx',
        leaf: true,
        rxBytesPerSecond: rxBytes,
        txBytesPerSecond: txBytes,
        coverage: { packets: 0.99998, bytes: 1, missing: [] },
      },
      {
        name: 'wg0',
        ifindex: 5,
        kind: 'wireguard',
        attached: 'tcx',
        leaf: false,
        rxBytesPerSecond: 41_000,
        txBytesPerSecond: 9_000,
        coverage: { packets: 1, bytes: 1, missing: [] },
      },
      {
        name: 'lo',
        ifindex: 1,
        kind: 'loopback',
        attached: 'tcx',
        leaf: true,
        rxBytesPerSecond: 1200,
        txBytesPerSecond: 1200,
        coverage: { packets: 1, bytes: 1, missing: [] },
      },
      ...(healthy
        ? []
        : [
            {
              name: 'eth1',
              ifindex: 3,
              kind: 'ethernet',
              reason: 'No such device',
              leaf: true,
              rxBytesPerSecond: 0,
              txBytesPerSecond: 0,
            },
          ]),
    ],
    coverage: {
      packets: healthy ? 0.99998 : 0.9871,
      bytes: healthy ? 1 : 0.9914,
      missing: [
        { cause: 'table full', packets: overflow, bytes: overflow * 700 },
        { cause: 'not IP', packets: 312, bytes: 14_400 },
      ],
    },
    flowTable: {
      used: flows.length,
      capacity: healthy ? 65_536 : flows.length,
      overflowPackets: overflow,
      overflowBytes: overflow * 700,
    },
    ...fakeTcpHealth(timeMs),
    sockets: { used: flows.length, capacity: 65_536, overflow: 0 },
    observations: { sent: 41_207, skipped: 0, lost: 0 },
    events,
    lists: {
      deny: { entries: lists.deny, capacity: 1_000_000 },
      allow: { entries: lists.allow, capacity: 1_000_000 },
    },
    capabilities: [
      { name: 'tcx links (kernel 6.6)', ok: true },
      { name: 'Flow table in shared memory', ok: true },
      {
        name: 'Program run time',
        ok: healthy,
        ...(healthy
          ? {}
          : {
              reason:
                'kernel.bpf_stats_enabled is 0. To measure: sysctl -w kernel.bpf_stats_enabled=1.',
            }),
      },
    ],
    degraded: healthy ? [] : ILL,
    agent: {
      rssBytes: 71_300_000,
      cpuSeconds: 12.4,
      uplinkDroppedRecords: 0,
      uplinkQueuedBytes: 0,
    },
    programs: [{ name: 'ingress', runs: 1_204_331, runNs: 139_702_396 }],
  }
}
