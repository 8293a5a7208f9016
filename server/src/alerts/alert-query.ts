/** The filter language over alerts: suppressions, the live topic and the list take the same expressions. */
import { SEVERITY_LABELS, SEVERITY_STRETCHES } from '@netscope/detect/detection.ts'
import { encodePrefix } from '@netscope/core/prefix.ts'
import { parseBy } from '@netscope/core/query/parse.ts'
import { predicateBy } from '@netscope/core/query/predicate.ts'
import type { RecordAccess, RecordTest } from '@netscope/core/query/predicate.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import { queryFields } from '@netscope/core/query/query-field.ts'
import type { FieldFacts } from '@netscope/core/query/query-field.ts'
import type { Query, QueryResult } from '@netscope/core/query/query.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { KeptAlert } from './alert-row.ts'

const DIRECTIONS = ['inbound', 'outbound', 'internal', 'external']

/** The agent is a field by itself: queryFields adds it. */
const FIELDS: Readonly<
  Record<Exclude<keyof KeptAlert, 'agent' | 'evidence'>, Omit<FieldFacts, 'name'>>
> = {
  id: { type: 'id', description: 'Of the alert.' },
  detector: { type: 'text', description: 'Which one found it.' },
  version: { type: 'count', description: 'Of the detector.' },
  title: { type: 'text', description: 'What happened, in a line.' },
  severity: {
    type: 'count',
    description: 'From 0 to 100, or a label: `severity >= high`.',
    stretches: SEVERITY_STRETCHES,
  },
  label: { type: 'text', description: 'Of the severity.', values: SEVERITY_LABELS },
  confidence: { type: 'count', description: 'How sure it is, in hundredths: 0 to 100.' },
  technique: { type: 'text', description: 'MITRE ATT&CK, as T1046.' },
  direction: { type: 'text', description: 'Where it comes from and goes to.', values: DIRECTIONS },
  src: { type: 'address', description: 'Address of whoever does it.' },
  dst: { type: 'address', description: 'Address of whom it is done to.' },
  srcPort: { type: 'port', description: 'Port of the source; 0: many or none.' },
  dstPort: { type: 'port', description: 'Port of the target; 0: many or none.' },
  srcMac: { type: 'text', description: 'MAC of the source.' },
  dstMac: { type: 'text', description: 'MAC of the target.' },
  srcName: { type: 'text', description: 'Name of the source.' },
  dstName: { type: 'text', description: 'Name of the target, such as a domain.' },
  srcDevice: { type: 'id', description: 'Id of the source device.' },
  dstDevice: { type: 'id', description: 'Id of the target device.' },
  risk: { type: 'count', description: 'Of its public addresses, 0 to 100; unknown is no number.' },
  srcRisk: { type: 'count', description: 'Of the source alone.' },
  dstRisk: { type: 'count', description: 'Of the target alone.' },
  srcFeeds: { type: 'text', description: 'Feeds that the source is on.' },
  dstFeeds: { type: 'text', description: 'Feeds that the target is on.' },
  vlan: { type: 'count', description: 'VLAN; 0: untagged.' },
  firstSeen: { type: 'time', description: 'When it began.' },
  lastSeen: { type: 'time', description: 'When it was seen last.' },
  count: { type: 'count', description: 'Probes, packets or attempts.' },
  state: { type: 'text', description: 'Whether it goes on.', values: ['active', 'ended'] },
  suppressionKey: { type: 'text', description: 'Names the incident within its detector.' },
}

const ALERT_QUERY_FIELDS = queryFields(
  Object.entries(FIELDS).map(([name, facts]) => ({ name, ...facts })),
)

export const parseAlertQuery = (text: string): QueryResult => parseBy(text, ALERT_QUERY_FIELDS)

const valueOf = (alert: KeptAlert, name: string): unknown => alert[name as keyof KeptAlert]
const isShare = (name: string): boolean => name === 'confidence'
const isTime = (name: string): boolean => name === 'firstSeen' || name === 'lastSeen'

const IN_ALERT: RecordAccess<KeptAlert> = {
  text: (name) => (alert) => (name in alert ? String(valueOf(alert, name)) : ''),
  number(name) {
    if (isTime(name)) return (alert) => Date.parse(String(valueOf(alert, name))) * 1000
    if (isShare(name)) return (alert) => Math.round(Number(valueOf(alert, name)) * 100)
    return (alert) => Number(valueOf(alert, name))
  },
  inside(name, prefix) {
    const inside = prefixTest(prefix)
    const bytes = new Uint8Array(PREFIX_BYTES)
    const view = new DataView(bytes.buffer)
    return (alert) =>
      encodePrefix(String(valueOf(alert, name)), bytes, 0) === undefined && inside(view, 4)
  },
}

/** `now`: milliseconds since 1970, for times before now. */
export const alertTest = (query: Query, now: () => number): RecordTest<KeptAlert> =>
  predicateBy(query, IN_ALERT, now)

/** `text`: of all that is a text. */
const extreme = ({
  text,
  ...given
}: Pick<KeptAlert, 'severity' | 'label' | 'state' | 'direction'> & { text: string }): KeptAlert => {
  const number = given.severity
  const time = new Date(given.severity === 0 ? 0 : 4e12).toISOString()
  return {
    ...given,
    ...{ id: text, detector: text, title: text, technique: text, agent: text },
    ...{ src: text, dst: text, srcMac: text, dstMac: text, srcName: text, dstName: text },
    ...{ srcDevice: text, dstDevice: text, suppressionKey: text },
    ...{ version: number, vlan: number, count: number, srcPort: number, dstPort: number },
    ...{ firstSeen: time, lastSeen: time, confidence: number / 100 },
    evidence: { reason: '', facts: [], flows: [] },
  }
}

/** As unlike each other as alerts can be. */
const EXTREMES: readonly KeptAlert[] = [
  extreme({ severity: 0, label: 'info', state: 'ended', direction: 'internal', text: '' }),
  extreme({ severity: 100, label: 'critical', state: 'active', direction: 'inbound', text: '?' }),
]

/** Whether it holds whatever the alert: `severity >= 0`, `src = 10.0.0.5 or not src = 10.0.0.5`. */
export const isAll = (query: Query): boolean => EXTREMES.every(alertTest(query, () => 0))
