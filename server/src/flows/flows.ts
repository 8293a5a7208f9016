/** All flows that the server knows: a live mirror per agent, and the flows that ended last. */
import { createAgentContext } from './agent-context.ts'
import type { AgentContext } from './agent-context.ts'
import { createEndedFlows } from './ended-flows.ts'
import type { EndedFlows } from './ended-flows.ts'
import { createFlowMirror } from './flow-mirror.ts'
import type { FlowMirror } from './flow-mirror.ts'
import type { RecordSet } from './record-set.ts'

export interface AgentFlows {
  context: AgentContext
  mirror: FlowMirror
}

export type FlowState = 'live' | 'ended' | 'all'

export interface Flows {
  readonly ended: EndedFlows
  readonly liveCount: number
  /** The flows of an agent; made on first use. */
  of(agent: string): AgentFlows
  /** The agent is there and republishes its live flows: what it doesn't within the grace time is dropped. */
  connected(agent: string): void
  /** The agent is away: its flows stay and are marked stale. */
  disconnected(agent: string): void
  sets(state: FlowState): RecordSet[]
  start(): void
  stop(): void
}

export interface FlowsConfig {
  /** Ended flows that are kept. */
  recentEnded: number
  /** Time an agent has to republish its live flows after it has connected. */
  republishMs?: number
}

/** `now` is in milliseconds of a clock that never steps back. */
export const createFlows = (config: FlowsConfig, { now }: { now(): number }): Flows => {
  const agents = new Map<string, AgentFlows>()
  const dropTimers = new Map<string, NodeJS.Timeout>()
  const ended = createEndedFlows(config.recentEnded)
  let sweep: NodeJS.Timeout | undefined

  const of = (agent: string): AgentFlows => {
    const known = agents.get(agent)
    if (known) return known
    const context = createAgentContext(agent)
    const made = { context, mirror: createFlowMirror(context) }
    agents.set(agent, made)
    return made
  }

  const cancelDrop = (agent: string): void => {
    clearTimeout(dropTimers.get(agent))
    dropTimers.delete(agent)
  }

  return {
    ended,
    get liveCount() {
      let sum = 0
      for (const { mirror } of agents.values()) sum += mirror.count
      return sum
    },
    of,
    connected(agent) {
      cancelDrop(agent)
      const { mirror } = of(agent)
      mirror.staleBefore(now())
      dropTimers.set(
        agent,
        setTimeout(() => mirror.dropStale(), config.republishMs ?? 5000),
      )
    },
    disconnected(agent) {
      cancelDrop(agent)
      of(agent).mirror.staleBefore(Infinity)
    },
    sets(state) {
      const live = state === 'ended' ? [] : [...agents.values()].map(({ mirror }) => mirror)
      return state === 'live' ? live : [...live, ended]
    },
    start() {
      sweep = setInterval(() => {
        for (const { mirror } of agents.values()) mirror.expireRates(now())
      }, 1000)
    },
    stop() {
      clearInterval(sweep)
      for (const agent of dropTimers.keys()) cancelDrop(agent)
    },
  }
}
