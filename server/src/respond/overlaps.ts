/** Several answers for one target: the deny list has one entry of it and the kernel one limit, whoever asked for them. */
import { entryOf } from './action.ts'
import type { Action, CoveredEntry } from './action.ts'

type Target = Pick<Action, 'id' | 'target' | 'agent'>

const lasts = ({ expiresAtMs }: Pick<CoveredEntry, 'expiresAtMs'>): number =>
  expiresAtMs === 0 ? Infinity : expiresAtMs

/** Others that hold; of a limit agents have one, whichever of them it is for. */
const othersOf = (action: Target, open: Iterable<Action>): Action[] =>
  [...open].filter(
    ({ id, target, inForce }) => inForce && target === action.target && id !== action.id,
  )

/** The entry that is to stand there when that of the action is taken off; undefined: none. */
export const entryLeft = (
  action: Target & Pick<Action, 'covered'>,
  open: Iterable<Action>,
  nowMs: number,
): CoveredEntry | undefined =>
  othersOf(action, open)
    .filter((other) => other.do.block !== 'no' && other.agent === action.agent)
    .map(entryOf)
    .concat(action.covered ?? [])
    .filter((entry) => lasts(entry) > nowMs)
    .toSorted((a, b) => lasts(b) - lasts(a))[0]

/** The limits that are to hold when that of the action is lifted; of several the last one counts, as it did before. */
export const limitsLeft = (action: Target, open: Iterable<Action>, nowMs: number): Action[] =>
  othersOf(action, open).filter((other) => other.do.rateLimit && lasts(other) > nowMs)

/** An action is over whose entry another one covers: what it had covered itself is the other's now. Returns that one. */
export const passOnCovered = (
  action: Action,
  open: Iterable<Action>,
  isOurs: (action: Action, entry: CoveredEntry) => boolean,
): Action | undefined => {
  const above = othersOf(action, open).find(({ covered }) => covered && isOurs(action, covered))
  if (!above) return undefined
  if (action.covered) above.covered = action.covered
  else delete above.covered
  return above
}
