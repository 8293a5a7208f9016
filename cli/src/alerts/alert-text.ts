/** One alert in words and numbers. */
import { printable } from '../output/printable.ts'
import { formatBytes } from '../output/units.ts'
import { sourceText, targetText, type AlertRow } from './alert-columns.ts'

const LABEL_WIDTH = 12

const line = (label: string, text: string): string[] =>
  text === '' ? [] : [`  ${label.padEnd(LABEL_WIDTH)}${text}`]

const factLine = ({ name, value, unit, threshold }: AlertRow['evidence']['facts'][number]) =>
  `    ${name}: ${value}${unit ? ` ${unit}` : ''}${threshold ? `  (${threshold})` : ''}`

const flowLine = (flow: AlertRow['evidence']['flows'][number]) =>
  `    ${flow.src}:${flow.srcPort} -> ${flow.dst}:${flow.dstPort}  ${flow.packets} packets, ${formatBytes(flow.bytes)}`

/** Why it is not shown as others are. */
const saidOf = ({ falsePositive, suppressedBy }: AlertRow): string[] => [
  ...(falsePositive
    ? line(
        'Said to be',
        `a false positive by ${falsePositive.author}: ${falsePositive.reason}; ${falsePositive.factor} times the threshold is demanded until ${falsePositive.expiresAt}`,
      )
    : []),
  ...line('Suppressed', suppressedBy && `by ${suppressedBy}`),
]

/** What people did about it, and the story that it belongs to. */
const doneOf = ({ workflow, incident, id }: AlertRow): string[] => {
  const { state, assignee, reason, author, at } = workflow
  const by = at === null ? '' : ` by ${author} at ${at}`
  return [
    ...line('Workflow', `${state}${by}${reason ? `: ${reason}` : ''}`),
    ...line('Assigned', assignee),
    ...line('Incident', incident === id ? '' : incident),
  ]
}

export const alertText = (alert: AlertRow): string[] =>
  [
    alert.title,
    ...line('Severity', `${alert.severity} of 100, ${alert.label}`),
    ...line('Sure', `${Math.round(alert.confidence * 100)} %`),
    ...line('Detector', `${alert.detector} (${alert.technique})`),
    ...line('Source', [sourceText(alert), alert.src && alert.srcMac].filter(Boolean).join(' ')),
    ...line('Target', [targetText(alert), alert.dst && alert.dstMac].filter(Boolean).join(' ')),
    ...line('Direction', alert.direction),
    ...line('Seen by', alert.agent),
    ...line('From', alert.firstSeen),
    ...line('To', alert.lastSeen),
    ...line('Count', String(alert.count)),
    ...line('State', alert.state),
    ...doneOf(alert),
    ...saidOf(alert),
    ...line('Why', alert.evidence.reason),
    ...alert.evidence.facts.map(factLine),
    ...(alert.evidence.flows.length > 0 ? ['  Some of its flows'] : []),
    ...alert.evidence.flows.map(flowLine),
    ...line('ID', alert.id),
  ].map(printable)
