/** A change of many prefixes in parts: the next is written here while the agents take the one before. */
import type { ListGroup, ListName } from '@netscope/core/wire.ts'
import type { ListSync, Outcome } from './list-sync.ts'

/** Prefixes of a part: some 25 ms of the state's time, some 80 of the agent's. */
const PART = 16_384
const PARTS_AHEAD = 2

/** Additions before removals; what became of the last part, or what one was refused for. */
export const changeInParts =
  (
    changePart: (list: ListName, add: ListGroup | undefined, remove: string[]) => Promise<Outcome>,
  ): ListSync['change'] =>
  async (list, { add, remove }) => {
    const under: Promise<Outcome>[] = []
    let outcome: Outcome = { confirmed: [], pending: [] }
    const next = async () => {
      outcome = (await under.shift()) ?? outcome
    }
    const send = async (part: ListGroup | undefined, gone: string[]): Promise<void> => {
      if (under.length >= PARTS_AHEAD) await next()
      const told = changePart(list, part, gone)
      told.catch(() => undefined)
      under.push(told)
    }
    for (const group of add)
      for (const prefixes of partsOf(group.prefixes)) await send({ ...group, prefixes }, [])
    for (const gone of partsOf(remove)) await send(undefined, gone)
    while (under.length > 0) await next()
    return outcome
  }

/** In the order of their text, in which a database takes them several times as fast. */
function* partsOf(prefixes: readonly string[]): Generator<string[]> {
  const sorted = prefixes.toSorted()
  for (let i = 0; i < sorted.length; i += PART) yield sorted.slice(i, i + PART)
}
