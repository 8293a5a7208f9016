/** What was done about alerts. */
import type { ActionStore } from '../respond/action-store.ts'
import type { Protected } from '../respond/protected.ts'
import type { Policies } from '../respond/policies.ts'
import type { Respond } from '../respond/respond.ts'
import { counter, gauge, one } from './family.ts'
import type { Family } from './family.ts'

export interface RespondFamilyDeps {
  actionStore: Pick<ActionStore, 'counts'>
  policies: Pick<Policies, 'all'>
  protected: Pick<Protected, 'all'>
  respond: Pick<Respond, 'counts'>
}

export const respondFamilies = (deps: RespondFamilyDeps): Family[] => [
  gauge('netscope_actions', 'Actions that are kept, by what became of them.', () =>
    Object.entries(deps.actionStore.counts()).map(([state, value]) => ({
      labels: { state },
      value,
    })),
  ),
  counter(
    'netscope_actions_skipped_total',
    'Answers of policies that were left out, because there were too many within an hour.',
    () => one(deps.respond.counts.skipped),
  ),
  gauge('netscope_policies', 'Policies that are on, by what they do now.', () => {
    const modes = deps.policies.all().flatMap(({ enabled, modeNow }) => (enabled ? [modeNow] : []))
    return ['observe', 'ask', 'enforce'].map((mode) => ({
      labels: { mode },
      value: modes.filter((of) => of === mode).length,
    }))
  }),
  gauge('netscope_protected_addresses', 'Addresses that no block may hit.', () =>
    one(deps.protected.all().length),
  ),
]
