/** How often hosts told others by ICMP that a port of theirs is closed. */
import { createBoundedMap } from '../bounded-map.ts'
import type { FlowStep } from '../flow-step.ts'

export interface PortErrors {
  /** A flow of "port unreachable" messages: its source complains to its destination. */
  note(step: FlowStep): void
  count(complainedTo: string, by: string): number
}

const HOSTS_MAX = 4096
const COMPLAINING_MAX = 16

export const createPortErrors = (): PortErrors => {
  const hosts = createBoundedMap<string, Map<string, number>>(HOSTS_MAX)
  return {
    note({ src, dst, newSrcPackets }) {
      let counts = hosts.get(dst)
      if (!counts) hosts.set(dst, (counts = new Map<string, number>()))
      if (!counts.has(src) && counts.size >= COMPLAINING_MAX) counts.clear()
      counts.set(src, (counts.get(src) ?? 0) + newSrcPackets)
    },
    count: (complainedTo, by) => hosts.peek(complainedTo)?.get(by) ?? 0,
  }
}
