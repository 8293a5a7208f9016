/** Answers that are under way, such as streams: they end when what let them in is revoked. */
import type { ServerResponse } from 'node:http'
import type { Principal } from '../auth/principal.ts'

export interface OpenAnswers {
  readonly count: number
  add(answer: ServerResponse, principal: Principal): void
  /** Ends those whose principal `isStillGood` denies. */
  sweep(isStillGood: (principal: Principal) => boolean): void
}

export const createOpenAnswers = (): OpenAnswers => {
  const open = new Map<ServerResponse, Principal>()
  return {
    get count() {
      return open.size
    },
    add(answer, principal) {
      open.set(answer, principal)
      answer.once('close', () => open.delete(answer))
    },
    sweep(isStillGood) {
      for (const [answer, principal] of open) if (!isStillGood(principal)) answer.destroy()
    },
  }
}
