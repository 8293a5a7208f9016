/** Which groups of connections have a series of their own: the heaviest, without changing places all the time. */
import type { ConnectionGroup } from './connection-group.ts'

/** A group takes the place of another only when it weighs that much more. */
const HYSTERESIS = 1.5

export interface SeriesChoice {
  readonly labelled: ReadonlySet<ConnectionGroup>
  /** Gives places to those of `active` that have none, if they are free or their holders weigh less. */
  choose(active: Iterable<ConnectionGroup>): void
  remove(group: ConnectionGroup): void
}

/** `onLose` is called for a group that has lost its place to a heavier one. */
export const createSeriesChoice = (
  places: number,
  onLose: (group: ConnectionGroup) => void,
): SeriesChoice => {
  const labelled = new Set<ConnectionGroup>()

  const give = (group: ConnectionGroup): void => {
    group.labelled = true
    labelled.add(group)
  }
  const remove = (group: ConnectionGroup): void => {
    group.labelled = false
    labelled.delete(group)
  }

  const replace = (challengers: ConnectionGroup[]): void => {
    const holders = [...labelled].sort(byWeight)
    for (const [i, challenger] of challengers.sort((a, b) => byWeight(b, a)).entries()) {
      const holder = holders[i]
      if (!holder || challenger.weight <= HYSTERESIS * holder.weight) return
      remove(holder)
      onLose(holder)
      give(challenger)
    }
  }

  return {
    labelled,
    remove,
    choose(active) {
      const waiting = [...active].filter((group) => !group.labelled).sort(byWeight)
      while (labelled.size < places) {
        const heaviest = waiting.pop()
        if (!heaviest) return
        give(heaviest)
      }
      let lightest = Infinity
      for (const { weight } of labelled) lightest = Math.min(lightest, weight)
      const challengers = waiting.filter(({ weight }) => weight > HYSTERESIS * lightest)
      if (challengers.length > 0) replace(challengers)
    },
  }
}

const byWeight = (a: ConnectionGroup, b: ConnectionGroup): number => a.weight - b.weight
