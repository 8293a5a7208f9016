/** What queries hold for, on flows as the API gives them; that records say the same is test/query. */
import { expect, test } from 'vitest'
import { decodeFlow, type Flow } from '../flow.ts'
import { FlowReader, RECORD_BYTES } from '../flow-record.ts'
import { parseQuery } from './parse-query.ts'
import { flowPredicateOf } from './predicate-of.ts'

const NOON = Date.UTC(2026, 6, 31, 12)
const NOW = NOON + 5 * 60_000
const timeAt = (ms: number): string => new Date(NOON + ms).toISOString().replace('Z', '000Z')

const NOTHING = decodeFlow(
  new FlowReader(new Uint8Array(RECORD_BYTES), {
    agent: 'a',
    wallOffsetMs: NOON,
    interfaceName: () => 'eth0',
    text: () => '',
    process: () => undefined,
  }).seek(0),
)
const FLOW = {
  ...NOTHING,
  agent: 'a',
  src: '10.0.0.5',
  dst: '93.184.216.34',
  srcPort: 40_222,
  dstPort: 443,
  protocol: 'TCP',
}

const holds = (text: string, changes: Partial<Flow>): boolean => {
  const parsed = parseQuery(text)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return flowPredicateOf(parsed.query, () => NOW)({ ...FLOW, ...changes })
}

test.each<[string, Partial<Flow>, boolean]>([
  ['dstPort=443', {}, true],
  ['DSTPORT = 443', {}, true],
  ['dstPort!=443', {}, false],
  ['port=40222', {}, true],
  ['port!=40222', {}, false],
  ['port!=80', {}, true],
  ['port>50000', {}, false],
  ['dst=93.184.216.0/24', {}, true],
  ['dst=93.184.217.0/24', {}, false],
  ['dst!=93.184.216.0/24', {}, false],
  ['dst=93.184.216.34', {}, true],
  ['ip=10.0.0.0/29', {}, true],
  ['ip=10.0.0.4/31', {}, true],
  ['ip=10.0.0.6/31', {}, false],
  ['ip!=10.0.0.5', {}, false],
  ['src=2001:db8::/33', { src: '2001:db8:7fff::1' }, true],
  ['src=2001:db8::/33', { src: '2001:db8:8000::1' }, false],
  ['src=0.0.0.0/0', { src: '2001:db8::1' }, false],
  ['src=2001:DB8:0::1', { src: '2001:db8::1' }, true],
  ['bytes>1MB', { srcBytes: 600_000, dstBytes: 400_001 }, true],
  ['bytes>1MB', { srcBytes: 600_000, dstBytes: 400_000 }, false],
  ['bytes>=1 MB', { srcBytes: 600_000, dstBytes: 400_000 }, true],
  ['srcBytes<1KiB', { srcBytes: 1023 }, true],
  ['srcBytes<1KiB', { srcBytes: 1024 }, false],
  ['srcBytesPerSecond<=8Mbit/s', { srcBytesPerSecond: 1e6 }, true],
  ['srcBytesPerSecond<=8Mbit/s', { srcBytesPerSecond: 1e6 + 1 }, false],
  ['srcRttMs>10ms', { srcRttMs: 10.1 }, true],
  ['rttMs>1.5s', { dstRttMs: 1501 }, true],
  ['rttMs>250us', { srcRttMs: 0.2 }, false],
  ['durationMs>=2m', { durationMs: 120_000 }, true],
  ['lastSeen>5m', { lastSeen: timeAt(1) }, true],
  ['lastSeen>5m', { lastSeen: timeAt(0) }, false],
  ['firstSeen<2026-07-31T12:00:00.5Z', { firstSeen: timeAt(499) }, true],
  ['firstSeen<2026-07-31T14:00+02:00', { firstSeen: timeAt(0) }, false],
  ['srcTcpFlags=SYN+ACK', { srcTcpFlags: 18 }, true],
  ['srcTcpFlags=SYN', { srcTcpFlags: 18 }, false],
  ['srcTcpFlags~rst', { srcTcpFlags: 20 }, true],
  ['srcTcpFlags~RST+FIN', { srcTcpFlags: 20 }, false],
  ['srcTcpFlags=18', { srcTcpFlags: 18 }, true],
  ['protocol=tcp', {}, true],
  ['protocol=6', {}, true],
  ['protocol=47', { protocol: '47' }, true],
  ['verdict=drop', { verdict: 'DROP' }, true],
  ['process=curl', { srcProcess: 'curl' }, true],
  ['process=curl', { dstProcess: 'curl' }, true],
  ['process=Curl', { srcProcess: 'cURL' }, true],
  ['process=cur*', { srcProcess: 'curl' }, true],
  ['process=*', { srcProcess: 'curl' }, true],
  ['process=*', {}, false],
  ['process=""', { srcProcess: 'curl', dstProcess: 'nginx' }, false],
  ['process=cur', { srcProcess: 'curl' }, false],
  ['process~UR', { srcProcess: 'curl' }, true],
  ['process~""', {}, false],
  ['process!~*', {}, true],
  ['process!=curl', { srcProcess: 'curl', dstProcess: 'nginx' }, false],
  ['name=example.com', { sni: 'example.com' }, true],
  ['name=*.example.com', { dstName: 'WWW.Example.com' }, true],
  ['name ~ É', { sni: 'é' }, false],
  ['name ~ É', { sni: 'É' }, true],
  ['port in (1, 443)', {}, true],
  ['port not in (1, 443)', {}, false],
  ['src in (192.0.2.0/24, 10.0.0.0/8)', {}, true],
  ['protocol in (udp, icmp)', {}, false],
  ['lastSeen<-5m', { lastSeen: timeAt(-1) }, true],
  ['lastSeen in (now, -5m)', { lastSeen: timeAt(0) }, true],
  ['srcProcessStarted<now', {}, false],
  ['srcProcessStarted!=now', {}, true],
  ['srcProcessStarted<now', { srcProcessStarted: '2026-07-31T12:00:00.000Z' }, true],
  ['', {}, true],
  ['port=443 and (bytes>1 or not protocol=udp)', {}, true],
  ['srcPid=4711', { srcPid: 4711 }, true],
  ['retransmits>2', { srcRetransmits: 2, dstRetransmits: 1 }, true],
  ['end=""', {}, true],
  ['end!=""', { end: 'idle' }, true],
  ['agent=a', {}, true],
  ['srcCommandLine~a=b', { srcCommandLine: 'x --a=B' }, true],
])('%s of %j is %j', (text, changes, expected) => {
  expect(holds(text, changes)).toBe(expected)
})
