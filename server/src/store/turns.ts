/** Jobs one after the other: a question sees the same segments from its first statement to its last. */

export interface Turns {
  /** Runs the job when all before it are done. */
  take<T>(job: () => Promise<T>): Promise<T>
}

export const createTurns = (): Turns => {
  let last: Promise<unknown> = Promise.resolve()
  return {
    take(job) {
      const mine = last.then(job)
      last = mine.catch(() => undefined)
      return mine
    },
  }
}
