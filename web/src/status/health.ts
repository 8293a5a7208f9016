/** What is not as it should be, with what helps, from the agent's and the server's own words. */
import type { StatusAnswer } from '../api/status.ts'
import type { StreamState } from '../api/stream.ts'
import { formatExact } from '../format/quantity.ts'

export interface Finding {
  title: string
  remedy?: string
}

export type Level = 'good' | 'warn' | 'bad' | 'unknown'

const FULL = 0.9

/** Findings by weight; empty: all is well. */
export const findingsOf = (status: StatusAnswer | undefined, stream: StreamState): Finding[] => {
  if (stream.phase === 'retrying') {
    const remedy = 'This page tries again by itself. On the machine, `netscope up` or `npm start` starts it.'
    return [{ title: stream.reason ?? 'The connection to the server was lost.', remedy }]
  }
  if (!status) return []
  if (!status.agentConnected) {
    const remedy = 'It keeps counting and blocking in the kernel. The supervisor restarts it; its log says why it stopped.'
    return [{ title: 'The agent is not connected to the server.', remedy }]
  }
  return [...(status.degraded ?? []).map((title) => ({ title })), ...lossesOf(status)]
}

const lossesOf = ({ flowTable, events, degraded = [] }: StatusAnswer): Finding[] => {
  const findings: Finding[] = []
  const fill = flowTable ? flowTable.used / Math.max(1, flowTable.capacity) : 0
  const said = degraded.some((text) => /table/i.test(text))
  if (flowTable && fill >= FULL && !said) {
    findings.push({
      title: `The flow table is almost full: ${formatExact(flowTable.used)} of ${formatExact(flowTable.capacity)} entries.`,
      remedy: 'When it is full, new flows are counted in the totals only. A larger table in config.yaml keeps them apart.',
    })
  }
  if (events && events.lost > 0) {
    findings.push({
      title: `${formatExact(events.lost)} packet events were lost between kernel and agent.`,
      remedy: 'The flow counters are complete. A narrower filter in the event view asks for fewer packets.',
    })
  }
  return findings
}

/** The colour of the status bar's first field. */
export const levelOf = (status: StatusAnswer | undefined, stream: StreamState): Level => {
  if (stream.phase === 'retrying') return 'bad'
  if (!status) return 'unknown'
  if (!status.agentConnected) return 'bad'
  return findingsOf(status, stream).length > 0 || missingCapabilities(status).length > 0 ? 'warn' : 'good'
}

export const missingCapabilities = (status: StatusAnswer) => (status.capabilities ?? []).filter(({ ok }) => !ok)
