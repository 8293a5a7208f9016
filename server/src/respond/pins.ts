/** Tells agents what the server knows to be protected, so that their kernels let it pass whatever the lists say. */
import { MAX_PINNED } from '@netscope/core/wire-response.ts'
import type { PinnedAddress } from '@netscope/core/wire-response.ts'
import type { Agent, Agents } from '../agents.ts'
import type { Commands } from '../commands.ts'
import type { Protected, ProtectedAddress } from './protected.ts'

export interface Pins {
  /** An agent is there, or what is protected may have changed. */
  tell(agent?: Agent): void
}

export interface PinsDeps {
  protected: Pick<Protected, 'all'>
  agents: Agents
  commands: Pick<Commands, 'send'>
}

/** What an agent tells of itself it pins itself; what others tell of concerns it only where it is for all. */
const isForAll = ({ agent, kind }: ProtectedAddress): boolean =>
  agent === '' || kind === 'operator' || kind === 'server'

/** Whether an admin has insisted on a block of it shows in `except`. */
export const pinnedOf = (
  all: readonly ProtectedAddress[],
  except: (prefix: string) => boolean,
): PinnedAddress[] =>
  all
    .filter((of) => isForAll(of) && !(of.canOverride && except(of.prefix)))
    .slice(0, MAX_PINNED)
    .map(({ prefix, kind, reason }) => ({ prefix, why: `${kind}: ${reason}`.slice(0, 200) }))

export const createPins = (deps: PinsDeps, except: (prefix: string) => boolean): Pins => {
  const { agents, commands } = deps
  /** What each agent was told, by its connection. */
  const told = new WeakMap<object, string>()

  const tellOne = (agent: Agent, pinned: PinnedAddress[]): void => {
    const { link } = agent
    const text = pinned.map(({ prefix }) => prefix).join(' ')
    if (!link || (told.get(link) ?? '') === text) return
    told.set(link, text)
    // One that is older than this command lives without; what fails is told again with the next change.
    commands.send(agent, { name: 'pin.set', pinned }).catch(() => {
      if (agent.link === link) told.delete(link)
    })
  }

  return {
    tell(agent) {
      const pinned = pinnedOf(deps.protected.all(), except)
      for (const one of agent ? [agent] : agents.connected) tellOne(one, pinned)
    },
  }
}
