/** A frame that passes a bridge is seen at several ports of it, and by agents of several hosts: it counts once. */
import { createBoundedMap } from '../bounded-map.ts'

const MAX_FRAMES = 8192
/** Copies come within microseconds, but clocks of agents differ; what is sent more often on purpose is found anyway. */
const SAME_MS = 500

/** Whether a frame with this content was shown by another link just now: the link that showed it first counts. */
export const createFrameCopies = (): ((
  content: string,
  link: string,
  timeMs: number,
) => boolean) => {
  const firsts = createBoundedMap<string, { link: string; timeMs: number }>(MAX_FRAMES)
  return (content, link, timeMs) => {
    const first = firsts.get(content)
    if (first && first.link !== link && Math.abs(timeMs - first.timeMs) < SAME_MS) return true
    firsts.set(content, { link, timeMs })
    return false
  }
}
