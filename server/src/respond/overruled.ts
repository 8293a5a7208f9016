/** Blocks of an address that has come to be protected since: while it is, its packets pass, and the action says so. */
import { policyActor } from './actions.ts'
import type { Actions } from './actions.ts'
import type { Protected } from './protected.ts'

export interface OverruledDeps {
  actions: Pick<Actions, 'open' | 'step'>
  protected: Pick<Protected, 'all'>
}

/** To be called now and then. */
export const createOverruled = ({ actions, protected: protectedOnes }: OverruledDeps) => {
  const told = new Set<string>()
  return (): void => {
    const inForce = [...actions.open.values()].filter(
      (action) => action.inForce && action.do.block !== 'no' && !action.do.override,
    )
    const now = new Map(inForce.length > 0 ? protectedOnes.all().map((of) => [of.prefix, of]) : [])
    for (const action of inForce) {
      const by = now.get(action.target)
      if (!by || told.has(action.id)) continue
      told.add(action.id)
      const words = `it is protected now, so that its packets pass: ${by.kind}, ${by.reason}`
      actions.step(action, 'note', words, policyActor(action.policy || 'of people'))
    }
    for (const id of told) if (!actions.open.has(id)) told.delete(id)
  }
}
