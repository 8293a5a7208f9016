/** Tells an agent whether somebody watches packets: the kernel reports them only then. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Logger } from 'pino'
import type { Agent } from '../agents.ts'
import type { Commands } from '../commands.ts'

export const tellWatch = (
  agent: Agent,
  on: boolean,
  { commands, log }: { commands: Commands; log: Logger },
): void => {
  commands.send(agent, { name: 'events.watch', on }).catch((err: unknown) => {
    // It hears it when it is back.
    if (err instanceof NetscopeError && err.code === 'agent.away') return
    log.warn({ err, agent: agent.name }, 'the agent was not told whether events are watched')
  })
}
