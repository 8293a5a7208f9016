/** What watchers with a filter are told when an alert leaves it. */
import { alertOf } from '@netscope/detect/alert.ts'
import type { Detection } from '@netscope/detect/detection.ts'
import { expect, test } from 'vitest'
import { madeUpDetection } from '../fakes/made-up-detection.ts'
import type { AlertRow, AlertState, KeptAlert } from './alert-row.ts'
import { createLiveAlerts } from './live-alerts.ts'

const watching = (filter: string) => {
  const listeners: ((alert: KeptAlert, row: AlertRow) => void)[] = []
  const seen: unknown[] = []
  const rowOf = (): never => {
    throw new Error('nothing is there at first')
  }
  createLiveAlerts({
    alerts: { watch: (listener) => (listeners.push(listener), () => undefined), rowOf },
    store: { page: () => ({ items: [], total: 0 }) },
    now: Date.now,
  }).open(filter, {
    push(payload) {
      const { id, state, severity } = JSON.parse(payload) as AlertRow
      seen.push([id, state, severity])
    },
    skip: () => undefined,
  })
  const tell = (given: Partial<Detection>, state?: AlertState): void => {
    const alert = { ...alertOf(madeUpDetection(given)), srcDevice: '', dstDevice: '' }
    const rest = { suppressedBy: '', falsePositive: null, incident: alert.id }
    const workflow = { state: 'open', assignee: '', reason: '', author: '', at: null } as const
    const row = { ...alert, ...rest, workflow, state: state ?? alert.state }
    for (const listener of listeners) listener(alert, row)
  }
  return { tell, seen }
}

test('that a shown one has ended is told to those who want active ones, once', () => {
  const { tell, seen } = watching('state = active')
  tell({})
  tell({ state: 'ended' })
  tell({ state: 'ended' })
  tell({ id: 'never shown', state: 'ended' })
  expect(seen).toEqual([
    ['scan-1', 'active', 40],
    ['scan-1', 'ended', 40],
  ])
})

test('that a shown one has grown out of the filter is told, and it is followed no longer', () => {
  const { tell, seen } = watching('severity < 60')
  tell({})
  tell({ severity: 70 })
  tell({ severity: 75 })
  tell({ severity: 50 }, 'suppressed')
  expect(seen).toEqual([
    ['scan-1', 'active', 40],
    ['scan-1', 'active', 70],
  ])
})
