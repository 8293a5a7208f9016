/** For tests: records of a history, their agents, and the questions asked of them. */
import { decodeFlow } from '@netscope/core/flow.ts'
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { parseQuery } from '@netscope/core/query/parse-query.ts'
import { createAgentContext } from '../flows/agent-context.ts'
import type { AgentContext } from '../flows/agent-context.ts'
import type { FindRequest, StoredFlow } from '../store/flow-store.ts'
import { flowRecord } from './flow-record.ts'
import type { FakeRecord } from './flow-record.ts'

export const START_MS = 1_700_000_000_000
export const RANGE = { fromMs: START_MS, toMs: START_MS + 3_600_000 }
export const ALL: FindRequest = { ...RANGE, limit: 100, sort: 'lastSeen', order: 'asc' }

export const queryOf = (text: string) => {
  const result = parseQuery(text)
  if (!result.ok) throw new Error(result.error.message)
  return { query: result.query }
}

/** A record whose last packet came `second` seconds after START_MS. */
export const at = (second: number, given: Partial<FakeRecord> = {}): Buffer =>
  flowRecord({ end: 2, firstNs: second * 1e9 - 500_123, lastNs: second * 1e9, ...given })

export const flowsOf = (records: Buffer, context: AgentContext): StoredFlow[] => {
  const reader = new FlowReader(records, context)
  return Array.from({ length: records.length / RECORD_BYTES }, (_, i) => ({
    ...decodeFlow(reader.seek(i * RECORD_BYTES)),
    agent: context.agent,
  }))
}

export const contextOf = (agent: string): AgentContext => {
  const context = createAgentContext(agent)
  context.wallOffsetMs = START_MS
  context.name([{ ifindex: 2, name: 'eth0' }])
  context.dictionary.add({
    texts: [
      [1, 'one.example'],
      [2, 'two.example'],
      [3, 't13d1516h2_8daaf6152771_b186095e22b6'],
    ],
    processes: [
      [4, { pid: 7, command: 'curl', uid: 0, user: 'root', startMs: START_MS - 1 }],
      [5, { pid: 8, command: "o'neil", uid: 1000, container: { runtime: 'docker', id: 'a1b2c3' } }],
    ],
  })
  return context
}

/** Addresses by number. */
export const sortable = (value: string | number): string | number =>
  typeof value === 'string' && /^10\.[\d.]+$/.test(value)
    ? value.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
    : value
