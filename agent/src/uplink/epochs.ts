/** Numbers for epochs (core/src/wire.ts): never the same twice, even on a machine whose clock begins anew at each start. */

/** Of a millisecond. */
const STEPS = 1000

/** Integers below 2^53 that rise: milliseconds since 1970, a thousand to each, the last digits by chance. */
export const createEpochs = (nowMs: () => number, random: () => number = Math.random) => {
  let last = 0
  return (): number => {
    last = Math.max(last + 1, Math.floor(nowMs()) * STEPS + Math.floor(random() * STEPS))
    return last
  }
}
