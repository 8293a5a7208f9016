/** Others' work on the machine shall not end a short measurement in its middle. */
import { setPriority } from 'node:os'
import type { Undo } from './undo.ts'

const HIGH = -15

/** For this process and those that it starts from now on. */
export const raisePriority = (undo: Undo): void => {
  setPriority(HIGH)
  undo.add(() => setPriority(0))
}
