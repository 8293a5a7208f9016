/**
 * TLS on a port that is another protocol's, to a host outside: ports 22, 23, 53, 69, 123, 161, 445 … are open in firewalls
 * for what belongs there. Only what the names of flows tell is known (a ClientHello): no guess is made of what is not
 * recognized. Severity 45.
 */
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import type { DetectorKind } from '../detector.ts'
import { flowEvidence } from '../flow-evidence.ts'

/** Protocols that never begin with a ClientHello; those that change to TLS (SMTP, IMAP, LDAP, FTP, PostgreSQL) are not here. */
const OTHERS: ReadonlyMap<number, string> = new Map([
  [7, 'echo'],
  [13, 'daytime'],
  [22, 'SSH'],
  [23, 'Telnet'],
  [37, 'time'],
  [53, 'DNS'],
  [69, 'TFTP'],
  [88, 'Kerberos'],
  [123, 'NTP'],
  [135, 'RPC'],
  [139, 'NetBIOS'],
  [161, 'SNMP'],
  [179, 'BGP'],
  [445, 'SMB'],
  [514, 'syslog'],
  [1900, 'SSDP'],
])
const QUIET_MS = 1_800_000

export const oddPortKind: DetectorKind = {
  name: 'odd-port',
  version: 1,
  description: "TLS or QUIC to a host outside on a port that is another protocol's.",
  techniques: ['T1571'],
  create(_settings, deps) {
    return {
      flow(step) {
        const expected = OTHERS.get(step.dstPort)
        if (expected === undefined || step.dstPackets === 0 || !step.record) return
        const ja4 = step.record.text(ENRICHMENT.ja4)
        if (ja4 === '' || !deps.isLocal(step.src) || deps.isLocal(step.dst)) return
        const { src, dst, dstPort, timeMs } = step
        const sni = step.record.text(ENRICHMENT.sni)
        deps.report({
          key: `${src} ${dst} ${dstPort}`,
          title: `${src} speaks TLS with ${dst} on the port of ${expected}`,
          severity: 45,
          confidence: 0.8,
          technique: 'T1571',
          timeMs,
          firstMs: step.firstMs,
          agent: step.agent,
          source: { ip: src },
          target: { ip: dst, port: dstPort, ...(sni === '' ? {} : { name: sni }) },
          direction: 'outbound',
          count: step.isFirst ? 1 : 0,
          evidence: {
            reason: `a ClientHello (JA4 ${ja4}) on port ${dstPort}, where ${expected} belongs`,
            facts: [
              { name: 'port', value: dstPort },
              { name: 'JA4', value: ja4 },
              { name: 'packets answered', value: step.dstPackets, threshold: '>= 1' },
            ],
            flows: [flowEvidence(step)],
          },
          quietMs: QUIET_MS,
        })
      },
    }
  },
}
