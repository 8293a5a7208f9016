/** An agent that is there again gets the limits of rate that hold, and loses those that were taken back while it was away. */
import { Type } from 'typebox'
import { Compile } from 'typebox/schema'
import type { Agent } from '../agents.ts'
import type { Commands } from '../commands.ts'
import type { Action } from './action.ts'
import type { Enforcement } from './enforcement.ts'

export interface BringLimitsDeps {
  commands: Pick<Commands, 'send'>
  enforcement: Pick<Enforcement, 'limitAt'>
  open(): Iterable<Action>
}

const answer = Compile(
  Type.Object({
    limits: Type.Array(Type.Object({ prefix: Type.String(), origin: Type.String() })),
  }),
)
const BY_POLICY = 'policy:'

/** Rejects with what the agent answers. */
export const bringLimits = async (
  agent: Agent,
  { commands, enforcement, open }: BringLimitsDeps,
): Promise<void> => {
  const told = await commands.send(agent, { name: 'limit.get' })
  const wanted = [...open()].filter(
    (action) =>
      action.inForce && action.do.rateLimit && (action.agent === '' || action.agent === agent.name),
  )
  const targets = new Set(wanted.map(({ target }) => target))
  const stale = (answer.Check(told) ? told.limits : []).filter(
    ({ prefix, origin }) => origin.startsWith(BY_POLICY) && !targets.has(prefix),
  )
  if (stale.length > 0)
    await commands.send(agent, {
      ...{ name: 'limit.remove', prefixes: stale.map(({ prefix }) => prefix) },
    })
  // Of several of one target the last one counts.
  for (const action of wanted) await enforcement.limitAt(agent, action)
}
