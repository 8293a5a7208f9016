/** A flow, an alert and a step of an action that are made up, in a format: what another system will get. */
import { decodeFlow } from '@netscope/core/flow.ts'
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { AlertRow } from '../alerts/alert-row.ts'
import type { StoredFlow } from '../store/flow-store.ts'
import { communityIdOf } from './formats/known-parts.ts'
import type { ActionEvent, ExportFormatKind } from './export-format.ts'

const AGENT = 'host-a'
const FIRST = '2026-01-15T10:00:00.000000Z'
const LAST = '2026-01-15T10:00:02.500000Z'

const SAMPLE_TUPLE = { src: '10.0.0.7', srcPort: 50_412, dst: '198.51.100.20', dstPort: 443 }

/** Every field as it is where nothing is known. */
const unknownFlow = (): StoredFlow => {
  const context = {
    ...{ agent: AGENT, wallOffsetMs: 0, interfaceName: () => '', text: () => '' },
    process: () => undefined,
  }
  const reader = new FlowReader(new Uint8Array(RECORD_BYTES), context).seek(0)
  return { ...decodeFlow(reader), agent: AGENT }
}

export const sampleFlow = (): StoredFlow => ({
  ...unknownFlow(),
  ...{ ...SAMPLE_TUPLE, id: 'host-a-7-k3x' },
  communityId: communityIdOf({ ...SAMPLE_TUPLE, protocol: 6 }),
  ...{ protocol: 'TCP', protocolNumber: 6, interface: 'eth0', direction: 'outbound' },
  ...{ srcPackets: 12, dstPackets: 15, srcBytes: 1840, dstBytes: 14_220 },
  ...{ srcTcpFlags: 27, dstTcpFlags: 27, synCount: 1, synAckCount: 1, finCount: 2 },
  ...{ handshake: 'complete', handshakeMs: 11.4, connect: 'connected', srcRttMs: 12.1 },
  ...{ dstName: 'www.example.org', sni: 'www.example.org' },
  ja4: 't13d1516h2_8daaf6152771_02713d6af862',
  ...{ srcProcess: 'curl', srcPid: 4711, srcUser: 'ann', srcUnit: 'session-3.scope' },
  ...{ srcCommandLine: 'curl https://www.example.org/', srcProcessStarted: FIRST },
  ...{ firstSeen: FIRST, lastSeen: LAST, durationMs: 2500, end: 'closed' },
})

export const sampleAlert = (): AlertRow => ({
  ...{ id: '6f1c2a90d3b84e57', detector: 'scan', version: 1, suppressionKey: 'scan 192.0.2.7' },
  title: '192.0.2.7 scans the ports of 10.0.0.9',
  ...{ severity: 60, label: 'high', confidence: 0.9, technique: 'T1046', direction: 'inbound' },
  ...{ agent: AGENT, src: '192.0.2.7', srcPort: 0, srcMac: '', srcName: '', srcDevice: '' },
  ...{ dst: '10.0.0.9', dstPort: 0, dstMac: '', dstName: 'nas.example.lan', dstDevice: '' },
  ...{ vlan: 0, firstSeen: '2026-01-15T10:00:00.000Z', lastSeen: '2026-01-15T10:00:05.000Z' },
  ...{ count: 30, state: 'active', suppressedBy: '', falsePositive: null },
  incident: '6f1c2a90d3b84e57',
  workflow: { state: 'open', assignee: '', reason: '', author: '', at: null },
  evidence: {
    reason: '30 ports refused, and none answered',
    facts: [{ name: 'ports that refused', value: 30, threshold: '>= 15' }],
    flows: [
      {
        ...{ src: '192.0.2.7', srcPort: 40_000, dst: '10.0.0.9', dstPort: 22, protocol: 6 },
        ...{ firstMs: 1_768_471_200_000, lastMs: 1_768_471_200_000, packets: 2, bytes: 100 },
      },
    ],
  },
})

export const sampleAction = (): ActionEvent => ({
  step: {
    ...{ state: 'in-force', atMs: 1_768_471_205_312, by: 'policy scanners' },
    reason: 'dropped by the kernel of host-a, after 212 ms',
  },
  action: {
    ...{ id: '3f9a41c07d2e', policy: 'scanners', mode: 'enforce', alert: '6f1c2a90d3b84e57' },
    ...{ title: '192.0.2.7 scans the ports of 10.0.0.9', target: '192.0.2.7', agent: AGENT },
    do: {
      ...{ block: 'address', at: 'seen', rateLimit: null, terminate: true, captureSeconds: 0 },
      notify: true,
    },
    ...{ state: 'in-force', inForce: true, createdAtMs: 1_768_471_205_100 },
    ...{ expiresAtMs: 1_768_474_805_100, isSpoofable: false, author: 'policy scanners' },
    reason: '192.0.2.7 scans the ports of 10.0.0.9 (6f1c2a90d3b84e57)',
    ...{ verification: null, terminated: null, latencyMs: 212, forSeconds: 3600 },
    origin: 'policy:scanners',
  },
})

export const samplesOf = (format: ExportFormatKind, version: string) => {
  const { flow, alert, action } = format.create(version)
  return {
    ...{ flow: flow(sampleFlow()), alert: alert(sampleAlert(), 'new') },
    action: action(sampleAction()),
  }
}
