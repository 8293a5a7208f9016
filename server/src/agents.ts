/** The agents that have said hello: who they are, what they told last, how to reach them. */
import type { Diagnosis } from '@netscope/core/diagnosis.ts'
import type { Status } from '@netscope/core/status.ts'
import type { Hello } from '@netscope/core/wire.ts'

/** The open connection to an agent. */
export interface AgentLink {
  /** Sends a frame with a JSON payload. */
  send(type: number, value: unknown): void
  close(): void
}

/** The clock of an agent beside ours. */
export interface AgentClock {
  /** How much it is ahead, milliseconds. */
  offsetMs: number
  /** From a ping to its pong. */
  roundTripMs: number
}

export interface Agent {
  readonly name: string
  hello: Hello
  /** undefined while it is away. */
  link: AgentLink | undefined
  /** Last frame number taken in from this run of the agent; undefined before the first. */
  lastSeq: number | undefined
  status: Status | undefined
  /** What it has found out about its machine. */
  diagnosis: Diagnosis | undefined
  /** undefined: not measured yet. */
  clock: AgentClock | undefined
  /** Milliseconds since 1970 when something came from it last. */
  lastSeenMs: number
  /** Where it connects from: an address, or `local`. */
  from: string
}

/** Names are remembered, so that the flows of an agent that is away stay; beyond this none is added. */
const MAX_AGENTS = 256

export interface Agents {
  readonly all: readonly Agent[]
  readonly connected: readonly Agent[]
  /**
   * Takes up the connection; the one it replaces is closed. A new run of the agent, and a new epoch, number their
   * frames anew. undefined: too many agents.
   */
  arrive(hello: Hello, link: AgentLink, from?: string): Agent | undefined
  /** Does nothing, and returns false, when `link` was already replaced. */
  leave(agent: Agent, link: AgentLink): boolean
  /** Closes its connection and forgets it. */
  forget(name: string): void
}

export const createAgents = (): Agents => {
  const byName = new Map<string, Agent>()

  return {
    get all() {
      return [...byName.values()]
    },
    get connected() {
      return [...byName.values()].filter(({ link }) => link !== undefined)
    },
    arrive(hello, link, from = 'local') {
      const known = byName.get(hello.agent)
      if (!known) {
        if (byName.size >= MAX_AGENTS) return undefined
        const agent: Agent = {
          name: hello.agent,
          hello,
          link,
          lastSeq: undefined,
          status: undefined,
          diagnosis: undefined,
          clock: undefined,
          lastSeenMs: Date.now(),
          from,
        }
        byName.set(hello.agent, agent)
        return agent
      }
      const before = known.link
      if (known.hello.startedAtMs !== hello.startedAtMs)
        Object.assign(known, { lastSeq: undefined, status: undefined, diagnosis: undefined })
      if (known.hello.epoch !== hello.epoch) known.lastSeq = undefined
      Object.assign(known, { hello, link, from, clock: undefined, lastSeenMs: Date.now() })
      before?.close()
      return known
    },
    forget(name) {
      byName.get(name)?.link?.close()
      byName.delete(name)
    },
    leave(agent, link) {
      if (agent.link !== link) return false
      agent.link = undefined
      return true
    },
  }
}
