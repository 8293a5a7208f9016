/** Which alerts make room for others. */
import { alertOf } from '@netscope/detect/alert.ts'
import type { Detection } from '@netscope/detect/detection.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { madeUpDetection } from '../fakes/made-up-detection.ts'
import { openState } from '../state/open-state.ts'
import type { State } from '../state/open-state.ts'
import { UNTOUCHED } from './alert-row.ts'
import { createAlertStore } from './alert-store.ts'
import type { StoredAlert } from './alert-store.ts'

let state: State
beforeEach(() => void (state = openState({ path: ':memory:' })))
afterEach(() => state.close())

const stored = (given: Partial<Detection>): StoredAlert => {
  const alert = { ...alertOf(madeUpDetection(given)), srcDevice: '', dstDevice: '' }
  const rest = { suppressedBy: '', workflow: UNTOUCHED, incident: alert.id }
  return { alert, state: alert.state, ...rest }
}

test('ended ones go first, severe ones last, then the oldest', () => {
  const store = createAlertStore(state)
  const at = (lastMs: number) => ({ firstMs: 0, lastMs })
  store.save([
    stored({ id: 'goes on', severity: 5, ...at(1) }),
    stored({ id: 'severe', severity: 95, state: 'ended', ...at(2) }),
    stored({ id: 'severe too', severity: 60, state: 'ended', ...at(3) }),
    stored({ id: 'old', severity: 59, state: 'ended', ...at(4) }),
    stored({ id: 'young', severity: 5, state: 'ended', ...at(5) }),
  ])
  const gone: string[] = []
  for (const most of [4, 3, 2, 1]) {
    const ids = () => store.page({ filter: {}, sort: '-severity', limit: 10 }).items
    const before = ids().map(({ alert }) => alert.id)
    expect(store.trim(0, most)).toBe(1)
    const after = new Set(ids().map(({ alert }) => alert.id))
    gone.push(...before.filter((id) => !after.has(id)))
  }
  expect(gone).toEqual(['old', 'young', 'severe', 'severe too'])
})
