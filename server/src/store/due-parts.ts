/** When flows that live are to be stored in part, so that the history does not wait for their end. */

export interface DueParts {
  /** Whether a part of the flow in this slot is due; if so, the next one is when that time has passed again. */
  isDue(agent: string, slot: number, nowMs: number): boolean
  ended(agent: string, slot: number): void
}

/** Remembers a number for each live flow: no more than the slots of the agents' tables. */
export const createDueParts = (activeMs: number): DueParts => {
  const agents = new Map<string, Map<number, number>>()
  const slotsOf = (agent: string): Map<number, number> => {
    const known = agents.get(agent) ?? new Map<number, number>()
    agents.set(agent, known)
    return known
  }
  return {
    isDue(agent, slot, nowMs) {
      const slots = slotsOf(agent)
      const dueMs = slots.get(slot)
      if (dueMs !== undefined && nowMs < dueMs) return false
      slots.set(slot, nowMs + activeMs)
      return dueMs !== undefined
    },
    ended: (agent, slot) => void agents.get(agent)?.delete(slot),
  }
}
