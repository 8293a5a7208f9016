/** What people do about alerts, and which alerts are one story. */
import type { Detection } from '@netscope/detect/detection.ts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { madeUpDetection } from '../fakes/made-up-detection.ts'
import { openState } from '../state/open-state.ts'
import type { State } from '../state/open-state.ts'
import { createAlertChanges } from './alert-changes.ts'
import type { AlertChanges } from './alert-changes.ts'
import { createAlertStore } from './alert-store.ts'
import type { AlertStore } from './alert-store.ts'
import { createAlerts } from './alerts.ts'
import type { Alerts } from './alerts.ts'
import { createExternalAlerts } from './external-alerts.ts'
import { createIncidentStore } from './incident-store.ts'
import type { IncidentStore } from './incident-store.ts'
import { createWorkflows } from './workflow.ts'
import type { Workflows } from './workflow.ts'

const START_MS = madeUpDetection().lastMs
const MINUTE_MS = 60_000

let state: State
let store: AlertStore
let changes: AlertChanges
let incidents: IncidentStore
let alerts: Alerts
let workflows: Workflows

const begin = (): void => {
  store = createAlertStore(state)
  changes = createAlertChanges(state)
  incidents = createIncidentStore(state, store)
  alerts = createAlerts(
    { retainDays: 10, maxAlerts: 100 },
    {
      ...{ store, changes, now: Date.now, log: { warn: () => undefined }, deviceOf: () => '' },
      judge: (alert) => ({ state: alert.state, suppressedBy: '' }),
      markOf: () => undefined,
    },
  )
  const { setWorkflow } = alerts
  workflows = createWorkflows({ store, changes, setWorkflow, now: Date.now })
  alerts.start()
}
beforeEach(() => {
  vi.useFakeTimers({ now: START_MS })
  state = openState({ path: ':memory:' })
  begin()
})
afterEach(() => {
  alerts.stop()
  state.close()
  vi.useRealTimers()
})

/** Until it is kept. */
const take = (given: Partial<Detection> = {}): void => {
  alerts.take(madeUpDetection({ suppressionKey: given.id ?? 'scan-1', ...given }))
  vi.advanceTimersByTime(1000)
}
const at = (ms: number) => ({ firstMs: START_MS + ms, lastMs: START_MS + ms })
const workflowOf = (id: string) => store.find(id)?.workflow
const historyOf = (id: string) =>
  changes.of(id).map(({ author, change, detail }) => [author, change, detail])

test('each change is kept with author and reason, over a restart, while the alert grows', () => {
  take()
  workflows.change('scan-1', { state: 'acknowledged', reason: 'looking' }, 'ann')
  workflows.change('scan-1', { assignee: 'bob' }, 'ann')
  workflows.change('scan-1', { reason: 'asked the vendor' }, 'bob')
  take({ count: 50 })
  alerts.stop()
  begin()
  workflows.change('scan-1', { state: 'resolved', reason: 'our scanner' }, 'bob')
  workflows.change('scan-1', { state: 'open' }, 'eve')
  expect(workflowOf('scan-1')).toMatchObject({ state: 'open', assignee: 'bob', author: 'eve' })
  expect(historyOf('scan-1')).toEqual([
    ['ann', 'acknowledged', 'looking'],
    ['ann', 'assigned', 'bob'],
    ['bob', 'note', 'asked the vendor'],
    ['bob', 'resolved', 'our scanner'],
    ['eve', 'reopened', ''],
  ])
})

test('what nobody knows cannot be changed, nothing is no change, and acknowledging twice is none either', () => {
  take()
  const codeOf = (run: () => unknown) => {
    try {
      run()
      return 'none'
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  expect(codeOf(() => workflows.change('x', { state: 'resolved' }, 'a'))).toBe('alert.unknown')
  expect(codeOf(() => workflows.change('scan-1', {}, 'a'))).toBe('alert.unchanged')
  workflows.change('scan-1', { state: 'acknowledged' }, 'ann')
  workflows.change('scan-1', { state: 'acknowledged' }, 'bob')
  expect(historyOf('scan-1')).toEqual([['ann', 'acknowledged', '']])
  expect(workflowOf('scan-1')?.author).toBe('ann')
})

test('what becomes more severe by a label is open again, and is told; growth alone is not', () => {
  take({ severity: 40 })
  workflows.change('scan-1', { state: 'acknowledged' }, 'ann')
  const told: string[] = []
  alerts.watch((_alert, row) => void told.push(`${row.severity} ${row.workflow.state}`))
  take({ severity: 59, count: 90 })
  take({ severity: 60, count: 91 })
  take({ severity: 60, count: 92 })
  expect(told).toEqual(['59 acknowledged', '60 open', '60 open'])
  expect(historyOf('scan-1').at(-1)).toEqual(['netscope', 'reopened', 'it has become more severe'])
})

test('a history is bounded, and goes with its alert', () => {
  take({ state: 'ended' })
  for (let i = 0; i < 600; i++) workflows.change('scan-1', { reason: `note ${i}` }, 'ann')
  expect(changes.of('scan-1')).toHaveLength(500)
  expect(changes.of('scan-1')[0]?.detail).toBe('note 100')
  store.trim(START_MS + 86_400_000, 0)
  expect(changes.of('scan-1')).toEqual([])
})

test('a scan, then guessing from the same source is one story; after half an hour of quiet another', () => {
  take({ id: 'scan', ...at(0) })
  take({ id: 'guess', detector: 'credential-guessing', severity: 70, ...at(10 * MINUTE_MS) })
  take({ id: 'other', source: { ip: '192.0.2.8' }, ...at(11 * MINUTE_MS) })
  take({ id: 'late', ...at(41 * MINUTE_MS) })
  expect(['scan', 'guess', 'other', 'late'].map((id) => store.find(id)?.incident)).toEqual([
    ...['scan', 'scan', 'other', 'late'],
  ])
  expect(incidents.find('scan')).toMatchObject({
    ...{ alerts: 2, open: 2, severity: 70, label: 'high', active: true, src: '192.0.2.7' },
    ...{ firstMs: START_MS, lastMs: START_MS + 10 * MINUTE_MS },
    detectors: ['tcp-scan', 'credential-guessing'],
  })
  expect(incidents.alertsOf('scan').map(({ alert }) => alert.id)).toEqual(['scan', 'guess'])
})

test('a story goes on over a restart', () => {
  take({ id: 'scan', ...at(0) })
  alerts.stop()
  begin()
  take({ id: 'guess', ...at(5 * MINUTE_MS) })
  expect(store.find('guess')?.incident).toBe('scan')
})

test('where nobody is known to do it, the target makes the story', () => {
  take({ id: 'a', source: {}, target: { ip: '10.0.0.9' } })
  take({ id: 'b', source: {}, target: { ip: '10.0.0.9' } })
  take({ id: 'c', source: {}, target: { ip: '10.0.0.10' } })
  expect(['a', 'b', 'c'].map((id) => store.find(id)?.incident)).toEqual(['a', 'a', 'c'])
})

test('incidents come in pages, those seen last first, of a severity', () => {
  for (let i = 0; i < 5; i++)
    take({ id: `i${i}`, source: { ip: `192.0.2.${i}` }, severity: 20 * i, ...at(i) })
  const first = incidents.page(2, 0)
  expect([first.items.slice(0, 2).map(({ id }) => id), first.total]).toEqual([['i4', 'i3'], 5])
  const last = first.items[1]!
  const second = incidents.page(2, 0, [last.lastMs, last.id])
  expect(second.items.map(({ id }) => id)).toEqual(['i2', 'i1', 'i0'])
  expect(incidents.page(9, 60).items.map(({ id }) => id)).toEqual(['i4', 'i3'])
})

test('related are those of the story, of the source, of the target, and what the target did later', () => {
  take({ id: 'long ago', ...at(-2 * 86_400_000) })
  take({ id: 'before', ...at(-50 * MINUTE_MS) })
  take({ id: 'scan', ...at(0) })
  take({ id: 'guess', ...at(1) })
  take({ id: 'same target', source: { ip: '192.0.2.99' }, ...at(2) })
  take({ id: 'onward', source: { ip: '10.0.0.9' }, target: { ip: '10.0.0.50' }, ...at(3) })
  take({ id: 'stranger', source: { ip: '192.0.2.50' }, target: { ip: '10.0.0.60' }, ...at(4) })
  const { alert, incident } = store.find('scan')!
  const found = incidents
    .relatedTo(alert, incident)
    .map(({ because, stored }) => [because, stored.alert.id])
  expect(found).toEqual([
    ['incident', 'guess'],
    ['source', 'before'],
    ['target-became-source', 'onward'],
    ['target', 'same target'],
  ])
})

test('what other programs bring grows when they say it again', () => {
  const external = createExternalAlerts({ take: alerts.take, now: Date.now })
  const said = { title: 'disk full', message: 'at 99 %', severity: 40, source: 'nagios' }
  const rest = { ip: '10.0.0.9', target: '', technique: '', metadata: { disk: 'sda', full: true } }
  const { id, isNew } = external.take({ ...said, ...rest }, 'ann')
  vi.advanceTimersByTime(1000)
  const again = external.take({ ...said, ...rest, severity: 80 }, 'ann')
  vi.advanceTimersByTime(1000)
  expect([isNew, again]).toEqual([true, { id, isNew: false }])
  expect(store.find(id)).toMatchObject({
    state: 'ended',
    alert: { detector: 'external', count: 2, severity: 80, src: '10.0.0.9', title: 'disk full' },
  })
  vi.setSystemTime(Date.now() + 11 * MINUTE_MS)
  expect(external.take({ ...said, ...rest }, 'ann').isNew).toBe(true)
})
