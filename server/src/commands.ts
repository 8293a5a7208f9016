/** Commands to agents: each gets a number, waits for the reply of that number, and gives up in time. */
import { ERRORS, NetscopeError } from '@netscope/core/errors.ts'
import type { ErrorCode } from '@netscope/core/errors.ts'
import { FRAME } from '@netscope/core/wire.ts'
import type { Command, Reply } from '@netscope/core/wire.ts'
import type { Agent, Agents } from './agents.ts'

type WithoutId<T> = T extends { id: number } ? Omit<T, 'id'> : never
export type CommandBody = WithoutId<Command>
export type CommandResult = Record<string, unknown>

/** An error that the agent met: its words, the catalogue's status and remedy. */
export class AgentError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly remedy: string

  constructor(code: ErrorCode, message: string) {
    super(message)
    this.name = 'AgentError'
    this.code = code
    this.status = ERRORS[code].status
    this.remedy = ERRORS[code].remedy
  }
}

interface Pending {
  agent: string
  resolve(result: CommandResult): void
  reject(error: Error): void
  timer: NodeJS.Timeout
  name: string
}

export interface Commands {
  readonly pending: number
  /** Rejects with `agent.away`, `agent.timeout`, or what the agent answered. */
  send(agent: Agent, body: CommandBody): Promise<CommandResult>
  /** To every agent that is there; the results in their order. */
  sendToAll(body: CommandBody): Promise<CommandResult[]>
  /** A reply came in; one that nobody waits for (any more) is ignored. */
  reply(agent: string, reply: Reply): void
  /** The agent is away: nothing more will be answered. */
  abandon(agent: string): void
  stop(): void
}

export const createCommands = (
  config: { timeoutMs?: number },
  { agents }: { agents: Agents },
): Commands => {
  const timeoutMs = config.timeoutMs ?? 5000
  const pending = new Map<number, Pending>()
  let lastId = 0

  const take = (id: number): Pending | undefined => {
    const found = pending.get(id)
    pending.delete(id)
    clearTimeout(found?.timer)
    return found
  }

  const send = (agent: Agent, body: CommandBody): Promise<CommandResult> =>
    new Promise((resolve, reject) => {
      if (!agent.link) return reject(new NetscopeError('agent.away'))
      const id = ++lastId
      const timer = setTimeout(() => {
        take(id)
        reject(
          new NetscopeError('agent.timeout', { command: body.name, seconds: timeoutMs / 1000 }),
        )
      }, timeoutMs)
      pending.set(id, { agent: agent.name, resolve, reject, timer, name: body.name })
      agent.link.send(FRAME.command, { id, ...body })
    })

  const abandonWhere = (test: (of: Pending) => boolean): void => {
    for (const [id, of] of pending) {
      if (test(of)) take(id)?.reject(new NetscopeError('agent.away'))
    }
  }

  return {
    get pending() {
      return pending.size
    },
    send,
    async sendToAll(body) {
      const { connected } = agents
      if (connected.length === 0) throw new NetscopeError('agent.away')
      return Promise.all(connected.map((agent) => send(agent, body)))
    },
    reply(agent, reply) {
      if (pending.get(reply.id)?.agent !== agent) return
      const found = take(reply.id)
      if (reply.ok) found?.resolve(reply.result)
      else found?.reject(errorOf(found.name, reply.code, reply.message))
    },
    abandon: (agent) => abandonWhere((of) => of.agent === agent),
    stop: () => abandonWhere(() => true),
  }
}

const errorOf = (command: string, code: string, message: string): Error =>
  Object.hasOwn(ERRORS, code)
    ? new AgentError(code as ErrorCode, message)
    : new NetscopeError('agent.failed', { command, reason: message })
