/** Which batches were taken in, durable already or not: one that comes again is not shown twice. */

export interface AcceptedBatches {
  /** False: it was taken in before. Within an epoch batches come in order. */
  add(agent: string, epoch: number, seq: number): boolean
}

/** An agent begins an epoch with a connection, and few of them are still repeated. */
const MAX_EPOCHS = 4096

/** `durable` tells the highest number of an epoch that the store has. */
export const createAcceptedBatches = (
  durable: (agent: string, epoch: number) => number | undefined,
): AcceptedBatches => {
  const highest = new Map<string, number>()
  return {
    add(agent, epoch, seq) {
      const key = `${agent} ${epoch}`
      const known = Math.max(highest.get(key) ?? -1, durable(agent, epoch) ?? -1)
      if (seq <= known) return false
      highest.delete(key)
      highest.set(key, seq)
      for (const oldest of highest.keys()) {
        if (highest.size <= MAX_EPOCHS) break
        highest.delete(oldest)
      }
      return true
    },
  }
}
