/** All flows that the server knows: a live mirror per agent, and the flows that ended last. */
import type { Dictionary } from '@netscope/core/wire.ts'
import { createAgentContext } from './agent-context.ts'
import type { AgentContext } from './agent-context.ts'
import type { AgentDictionary } from './dictionary.ts'
import { createEndedFlows } from './ended-flows.ts'
import type { EndedFlows } from './ended-flows.ts'
import { createFlowMirror } from './flow-mirror.ts'
import type { FlowMirror } from './flow-mirror.ts'
import type { RecordSet } from './record-set.ts'
import { usedIds } from './used-ids.ts'

export interface AgentFlows {
  context: AgentContext
  mirror: FlowMirror
  /** Which run of the agent it is. */
  startedAtMs: number | undefined
}

export type FlowState = 'live' | 'ended' | 'all'

export interface Flows {
  readonly ended: EndedFlows
  readonly liveCount: number
  /** Entries of all dictionaries, and those that were not taken because there were too many. */
  readonly dictionaries: { entries: number; refused: number }
  /** The flows of an agent's current run; made on first use. */
  of(agent: string): AgentFlows
  /**
   * The agent is there and republishes its live flows: what it doesn't within the grace time is dropped. A new run of
   * it begins with none, and with a dictionary of its own; what ended keeps that of its run.
   */
  connected(agent: string, startedAtMs: number): void
  /** The agent is away: its flows stay and are marked stale. */
  disconnected(agent: string): void
  /** Takes in what ids in the agent's records mean, and forgets what is not used where that is too much. */
  addToDictionary(agent: string, entries: Dictionary): void
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

export interface FlowsDeps {
  /** Milliseconds of a clock that never steps back. */
  now(): number
  /** A live flow was given up without a last record. */
  onDrop?(agent: string, slot: number): void
  /** Tells an agent which ids are to be forgotten; resolves when it will tell them again before it uses them. */
  tellForgotten?(agent: string, ids: readonly number[]): Promise<void>
}

export const createFlows = (
  config: FlowsConfig,
  { now, onDrop, tellForgotten = async () => undefined }: FlowsDeps,
): Flows => {
  const agents = new Map<string, AgentFlows>()
  const dropTimers = new Map<string, NodeJS.Timeout>()
  const ended = createEndedFlows(config.recentEnded)
  let sweep: NodeJS.Timeout | undefined

  let refusedBefore = 0

  const begin = (agent: string, startedAtMs?: number): AgentFlows => {
    const context = createAgentContext(agent)
    const made = { context, mirror: createFlowMirror(context), startedAtMs }
    agents.set(agent, made)
    return made
  }
  const of = (agent: string): AgentFlows => agents.get(agent) ?? begin(agent)

  const ofRun = (agent: string, startedAtMs: number): AgentFlows => {
    const known = agents.get(agent)
    if (known?.startedAtMs === startedAtMs) return known
    refusedBefore += known?.context.dictionary.refused ?? 0
    return begin(agent, startedAtMs)
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
    get dictionaries() {
      const all = [...agents.values()].map(({ context }) => context.dictionary)
      const sum = (read: (of: AgentDictionary) => number) =>
        all.reduce((total, of) => total + read(of), 0)
      return {
        entries: sum(({ size }) => size),
        refused: refusedBefore + sum(({ refused }) => refused),
      }
    },
    connected(agent, startedAtMs) {
      cancelDrop(agent)
      const { mirror } = ofRun(agent, startedAtMs)
      mirror.staleBefore(now())
      const drop = () => mirror.dropStale((slot) => onDrop?.(agent, slot))
      dropTimers.set(agent, setTimeout(drop, config.republishMs ?? 5000))
    },
    disconnected(agent) {
      cancelDrop(agent)
      of(agent).mirror.staleBefore(Infinity)
    },
    addToDictionary(agent, entries) {
      const { context, mirror } = of(agent)
      const { dictionary } = context
      dictionary.add(entries)
      if (!dictionary.isCrowded) return
      const idle = dictionary.idle(usedIds(context, mirror, ended))
      if (idle.length === 0) return
      // Of an agent that is away, or of another run by now, nothing is forgotten.
      tellForgotten(agent, idle).then(
        () => dictionary.forget(idle),
        () => undefined,
      )
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
