/** What the status bar calls wrong. */
import { expect, it } from 'vitest'
import type { StatusAnswer } from '../api/status.ts'
import { findingsOf, levelOf } from './health.ts'

const open = { phase: 'open' } as const
const well: StatusAnswer = {
  agentConnected: true,
  serverVersion: '0.1.0',
  degraded: [],
  capabilities: [{ name: 'tcx', ok: true }],
  flowTable: { used: 10, capacity: 100, overflowPackets: 0, overflowBytes: 0 },
  events: { watched: false, sent: 0, skipped: 0, lost: 0 },
}

it('is quiet when all is well', () => {
  expect(levelOf(well, open)).toBe('good')
  expect(findingsOf(well, open)).toEqual([])
})

it('repeats the degraded reasons and adds losses that it sees itself', () => {
  const ill: StatusAnswer = {
    ...well,
    degraded: ['eth1: no such device'],
    flowTable: { used: 95, capacity: 100, overflowPackets: 1200, overflowBytes: 9000 },
    events: { watched: true, sent: 1, skipped: 0, lost: 4 },
  }
  expect(levelOf(ill, open)).toBe('warn')
  expect(findingsOf(ill, open).map(({ title }) => title)).toEqual([
    'eth1: no such device',
    'The flow table has been full: 1,200 packets are counted in the totals, but not in a flow.',
    '4 packet events were lost between kernel and agent.',
  ])
})

it('does not say the full table twice', () => {
  const ill = {
    ...well,
    degraded: ['flow table full'],
    flowTable: { used: 100, capacity: 100, overflowPackets: 5, overflowBytes: 500 },
  }
  expect(findingsOf(ill, open)).toHaveLength(1)
})

it('names the lost connection and the absent agent before anything else', () => {
  expect(levelOf(undefined, { phase: 'connecting' })).toBe('unknown')
  expect(levelOf(well, { phase: 'retrying', reason: 'gone' })).toBe('bad')
  expect(findingsOf({ agentConnected: false, serverVersion: '' }, open)[0]?.title).toContain(
    'agent is not connected',
  )
})
