/** What is not as it should be, with what helps, from the agent's and the server's own words. */
import type { StatusAnswer } from '../api/status.ts'
import type { StreamState } from '../api/stream.ts'
import { formatExact } from '../format/quantity.ts'

export interface Finding {
  title: string
  remedy?: string
}

export type Level = 'good' | 'warn' | 'bad' | 'unknown'

/** Findings by weight; empty: all is well. */
export const findingsOf = (status: StatusAnswer | undefined, stream: StreamState): Finding[] => {
  if (stream.phase === 'retrying') {
    const remedy =
      'This page tries again by itself. On the machine, `netscope up` or `npm start` starts it.'
    return [{ title: stream.reason ?? 'The connection to the server was lost.', remedy }]
  }
  if (!status) return []
  if (!status.agentConnected) {
    const remedy =
      'NetScope starts it again by itself; its log says why it stopped. If only the connection is lost, it goes on counting and blocking.'
    return [{ title: 'The agent is not connected to the server.', remedy }]
  }
  return [...(status.degraded ?? []).map((title) => ({ title })), ...lossesOf(status)]
}

/** Losses that the agent's own reasons do not name. */
const lossesOf = ({ flowTable, events, degraded = [] }: StatusAnswer): Finding[] => {
  const findings: Finding[] = []
  const said = degraded.some((text) => /flow table/i.test(text))
  if (flowTable && flowTable.overflowPackets > 0 && !said) {
    findings.push({
      title: `The flow table has been full: ${formatExact(flowTable.overflowPackets)} packets are counted in the totals, but not in a flow.`,
      remedy: 'Raise flows.tableSize in config.yaml and restart NetScope.',
    })
  }
  if (events && events.lost > 0) {
    findings.push({
      title: `${formatExact(events.lost)} packet events were lost between kernel and agent.`,
      remedy:
        'The flow counters are complete. A lower events.maxPerSecond in config.yaml asks the kernel for fewer.',
    })
  }
  return findings
}

/** The colour of the status bar's first field. */
export const levelOf = (status: StatusAnswer | undefined, stream: StreamState): Level => {
  if (stream.phase === 'retrying') return 'bad'
  if (!status) return 'unknown'
  if (!status.agentConnected) return 'bad'
  return findingsOf(status, stream).length > 0 || missingCapabilities(status).length > 0
    ? 'warn'
    : 'good'
}

export const missingCapabilities = (status: StatusAnswer) =>
  (status.capabilities ?? []).filter(({ ok, isExtra }) => !ok && !isExtra)
