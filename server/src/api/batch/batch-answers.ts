/** Answers to batches by their id, so that one that is sent again is taken once. */
import type { BatchAnswer } from './flow-report.ts'

/** The oldest is forgotten beyond it. */
const MAX_ANSWERS = 10_000
/** An answer may name each flow of a batch. */
const MAX_REJECTED = 1_000_000

export interface BatchAnswers {
  /** What `take` gave, now or when the key came before; what failed may be tried again. */
  once(key: string, take: () => Promise<BatchAnswer>): Promise<BatchAnswer>
}

export const createBatchAnswers = (): BatchAnswers => {
  const answers = new Map<string, Promise<BatchAnswer>>()
  const sizes = new Map<string, number>()
  let rejected = 0

  const forget = (key: string): void => {
    rejected -= sizes.get(key) ?? 0
    sizes.delete(key)
    answers.delete(key)
  }

  const bound = (): void => {
    for (const key of answers.keys()) {
      if (answers.size <= MAX_ANSWERS && rejected <= MAX_REJECTED) break
      forget(key)
    }
  }

  return {
    once(key, take) {
      const known = answers.get(key)
      if (known) return known
      const answer = take()
      answers.set(key, answer)
      answer.then(
        (given) => {
          if (answers.get(key) !== answer) return
          sizes.set(key, given.rejected.length)
          rejected += given.rejected.length
          bound()
        },
        () => forget(key),
      )
      bound()
      return answer
    },
  }
}
