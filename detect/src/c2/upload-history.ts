/** What a device sends outside in an hour: mean and deviation of the hours before, by exponential weights. */

export interface UploadHistory {
  add(hour: number, bytes: number): void
  /** Of finished hours. `hours`: how many there were since the first. */
  usual(): { mean: number; deviation: number; hours: number }
  /** HISTORY_NUMBERS numbers, for `createUploadHistory`. */
  numbers(): number[]
}

export const HISTORY_NUMBERS = 5

/** A week's hours weigh most. */
const WEIGHT = 0.02

export const createUploadHistory = (kept: readonly number[] = [0, 0, 0, -1, 0]): UploadHistory => {
  let [mean = 0, variance = 0, hours = 0, current = -1, bytesNow = 0] = kept

  const learn = (bytes: number): void => {
    const weight = Math.max(WEIGHT, 1 / ++hours)
    const off = bytes - mean
    mean += weight * off
    variance = (1 - weight) * (variance + weight * off * off)
  }

  return {
    add(hour, bytes) {
      if (hour > current) {
        if (current >= 0) learn(bytesNow)
        // Hours of silence count as such, those of a week at most.
        for (let i = Math.max(current + 1, hour - 168); current >= 0 && i < hour; i++) learn(0)
        current = hour
        bytesNow = 0
      }
      bytesNow += bytes
    },
    numbers: () => [mean, variance, hours, current, bytesNow],
    usual: () => ({ mean, deviation: Math.sqrt(variance), hours }),
  }
}
