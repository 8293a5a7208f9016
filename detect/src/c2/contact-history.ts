/** When one host contacted a service of another, and how much was said: the last 128 contacts, and 24 hours in numbers. */

export interface ContactHistory {
  /** False where it belongs to the contact before: a page opens several connections at once. */
  contact(timeMs: number): boolean
  /** Bytes of a contact that is over. */
  sizes(srcBytes: number, dstBytes: number): void
  contacts(): number
  intervalsMs(): number[]
  srcSizes(): number[]
  dstSizes(): number[]
  /** Of the 24 hours to the last contact, oldest first. */
  hourly(): number[]
  firstMs(): number
}

const KEPT = 128
const HOUR_MS = 3_600_000
const HOURS = 24
const SAME_CONTACT_MS = 500

export const createContactHistory = (): ContactHistory => {
  // They grow: most hosts contact a service once or twice.
  const times: number[] = []
  const src: number[] = []
  const dst: number[] = []
  let hours: Uint32Array | undefined
  let [contacts, ended, hour, firstMs, lastMs] = [0, 0, -1, 0, -Infinity]

  const countHour = (timeMs: number): void => {
    hours ??= new Uint32Array(HOURS)
    const now = Math.floor(timeMs / HOUR_MS)
    if (hour < 0 || now - hour >= HOURS) hours.fill(0)
    else for (let each = hour + 1; each <= now; each++) hours[each % HOURS] = 0
    hour = Math.max(hour, now)
    if (hour - now < HOURS) hours[now % HOURS]!++
  }

  return {
    contact(timeMs) {
      // Records come within a second of each other: what is only a little late moves nothing.
      if (timeMs - lastMs < SAME_CONTACT_MS) return false
      if (contacts === 0) firstMs = timeMs
      else {
        if (!hours) countHour(firstMs)
        countHour(timeMs)
      }
      lastMs = timeMs
      times[contacts++ % KEPT] = timeMs
      return true
    },
    sizes(srcBytes, dstBytes) {
      src[ended % KEPT] = srcBytes
      dst[ended++ % KEPT] = dstBytes
    },
    contacts: () => contacts,
    intervalsMs() {
      const intervals: number[] = []
      for (let i = Math.max(1, contacts - KEPT + 1); i < contacts; i++)
        intervals.push(times[i % KEPT]! - times[(i - 1) % KEPT]!)
      return intervals
    },
    srcSizes: () => [...src],
    dstSizes: () => [...dst],
    hourly() {
      if (!hours && contacts > 0) countHour(firstMs)
      return Array.from({ length: HOURS }, (_, i) => hours?.[(hour + 1 + i) % HOURS] ?? 0)
    },
    firstMs: () => firstMs,
  }
}
