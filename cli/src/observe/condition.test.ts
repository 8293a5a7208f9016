/** Conditions on fields: what they let through, and what they say when they are wrong. */
import { describe, expect, test } from 'vitest'
import { fakeFlow, timeAt } from '../client/fake-flow.ts'
import type { FlowRow } from './field.ts'
import { parseCondition } from './condition.ts'

const NOW = Date.UTC(2026, 6, 31, 12, 5)
const holds = (text: string, changes: Partial<FlowRow> = {}): boolean =>
  parseCondition(text, NOW).test(fakeFlow(changes))

describe('a condition', () => {
  test.each<[string, Partial<FlowRow>, boolean]>([
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
    ['dst~216.3', {}, true],
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
    ['process=cur', { srcProcess: 'curl' }, false],
    ['process~UR', { srcProcess: 'curl' }, true],
    ['process!=curl', { srcProcess: 'curl', dstProcess: 'nginx' }, false],
    ['name=example.com', { sni: 'example.com' }, true],
    ['srcPid=4711', { srcPid: 4711 }, true],
    ['retransmits>2', { srcRetransmits: 2, dstRetransmits: 1 }, true],
    ['end=', {}, true],
    ['end!=', { end: 'idle' }, true],
    ['agent=a', {}, true],
    ['srcCommandLine~a=b', { srcCommandLine: 'x --a=B' }, true],
  ])('%s of %j is %j', (text, changes, expected) => {
    expect(holds(text, changes)).toBe(expected)
  })

  test.each([
    ['dstPrt=443', 'there is no field "dstPrt"; did you mean dstPort?'],
    ['constructor=1', 'there is no field "constructor"'],
    ['port', 'a filter is written FIELD=VALUE'],
    ['', 'a filter is written FIELD=VALUE'],
    ['port=https', 'port needs a port from 0 to 65535, not "https"'],
    ['port=65536', 'port needs a port'],
    ['port=-1', 'port needs a port'],
    ['bytes>1XB', 'bytes needs bytes such as'],
    ['bytes>constructor', 'bytes needs bytes such as'],
    ['rttMs>ten', 'rttMs needs a time such as'],
    ['lastSeen>yesterday', 'lastSeen needs a time such as'],
    ['lastSeen>5', 'lastSeen needs a time such as'],
    ['src=10.0.0.256', 'is not an address or prefix'],
    ['srcTcpFlags=SIN', 'srcTcpFlags needs TCP flags'],
    ['verdict=DROPP', 'one of PASS, DROP, SKIP, SSH; did you mean DROP?'],
    ['protocol=tpc', 'protocol is never "tpc"'],
    ['handshake=done', 'handshake is never "done"'],
    ['process>curl', '> compares numbers, and process is a text'],
    ['port~4', '~ looks into texts, and port is a number'],
  ])('%s is wrong: %s', (text, reason) => {
    expect(() => parseCondition(text, NOW)).toThrow(
      expect.objectContaining({
        code: 'filter.invalid',
        message: expect.stringContaining(reason),
      }),
    )
  })
})
