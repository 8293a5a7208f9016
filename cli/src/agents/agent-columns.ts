/** The columns of the table of agents. */
import type { AnswerOf } from '@netscope/core/api/client.ts'
import type { Column } from '../output/table.ts'
import { formatDuration } from '../output/units.ts'

export type AgentRow = AnswerOf<'getAgent'>

const skew = ({ clock }: AgentRow): string => {
  if (!clock) return ''
  const seconds = clock.offsetMs / 1000
  return `${seconds < 0 ? '' : '+'}${seconds.toFixed(3)} s`
}

const lists = ({ lists: of }: AgentRow): string => {
  if (!of) return ''
  return of.inForce ? 'in force' : `${of.confirmedRevision ?? 0} of ${of.desiredRevision}`
}

const seen = ({ state, lastSeenMs }: AgentRow, nowMs: number): string =>
  state === 'connected' ? 'now' : `${formatDuration(Math.max(0, nowMs - lastSeenMs))} ago`

export const agentColumns = (nowMs: number): Column<AgentRow>[] => [
  { title: 'STATE', text: ({ state }) => state },
  { title: 'NAME', text: ({ name }) => name },
  { title: 'FROM', dropOrder: 2, text: ({ from }) => from },
  { title: 'VERSION', dropOrder: 3, text: ({ version }) => version },
  { title: 'SOURCE', dropOrder: 4, text: ({ source }) => source ?? '' },
  { title: 'CLOCK', dropOrder: 5, right: true, text: skew },
  { title: 'LISTS', dropOrder: 1, text: lists },
  { title: 'SEEN', right: true, text: (agent) => seen(agent, nowMs) },
  { title: 'PROBLEMS', least: 20, dropOrder: 6, text: ({ degraded }) => degraded.join(' ') },
]
