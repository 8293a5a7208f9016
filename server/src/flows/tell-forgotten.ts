/** Tells an agent which ids of its dictionary the server is about to forget. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Agents } from '../agents.ts'
import type { Commands } from '../commands.ts'

/**
 * Resolves with the agent's answer: what it sent before came before that answer, and whatever it sends after it, it
 * tells the meaning of anew. Rejects when it is away.
 */
export const tellForgotten =
  (agents: Agents, commands: Commands) =>
  async (name: string, ids: readonly number[]): Promise<void> => {
    const agent = agents.connected.find((one) => one.name === name)
    if (!agent) throw new NetscopeError('agent.away')
    await commands.send(agent, { name: 'dictionary.forget', ids: [...ids] })
  }
