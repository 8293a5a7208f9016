/** Runs at most so many tasks at a time; what would wait behind too many others is refused. */

export interface BoundedQueue {
  /** The result of `task`; undefined: too many wait already. */
  run<T>(task: () => Promise<T>): Promise<T> | undefined
}

export const createBoundedQueue = (atOnce: number, mostWaiting: number): BoundedQueue => {
  const waiting: (() => void)[] = []
  let running = 0

  const turn = (): Promise<void> | undefined => {
    if (running < atOnce) {
      running++
      return undefined
    }
    return new Promise((resolve) => waiting.push(resolve))
  }
  // The place of whoever is done goes to the next, so `running` stays.
  const done = (): void => {
    const next = waiting.shift()
    if (next) next()
    else running--
  }

  const inTurn = async <T>(task: () => Promise<T>): Promise<T> => {
    await turn()
    try {
      return await task()
    } finally {
      done()
    }
  }

  return {
    run: (task) => (waiting.length >= mostWaiting ? undefined : inTurn(task)),
  }
}
