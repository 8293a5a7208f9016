/** Who tries the ports of one host, to tell one scan by many from many scans, and a flood from both. */
import type { DetectSection } from '@netscope/core/config/detect.ts'
import { createBoundedMap } from '../bounded-map.ts'
import { createDistinctCount, type DistinctCount } from '../distinct-count.ts'
import type { Contact } from './contact.ts'

interface Target {
  sinceMs: number
  /** Contacts that failed, by source. */
  readonly sources: Map<string, number>
  readonly ports: DistinctCount
  /** Some that failed, for evidence. */
  contacts: Contact[]
  /** Senders that were not seen before, in this second. */
  newcomers: number
  secondMs: number
  floodedMs: number
}

export interface TargetTable {
  /** A sender that was not seen before has come to it. */
  noteNewcomer(target: string, timeMs: number): void
  /** Whether it is flooded by ever new senders, who then are likely invented. */
  isFlooded(target: string, timeMs: number): boolean
  noteFailure(source: string, contact: Contact): void
  /** Sources that together try the ports of the target, and some of their contacts. */
  together(target: string): { sources: string[]; ports: number; contacts: Contact[] } | undefined
}

const TARGETS_MAX = 2048
const SOURCES_MAX = 256
const CONTACTS_MAX = 32
const WINDOW_MS = 600_000
/** New senders per second at one host that are a flood, and for how long it is taken to last. */
const [FLOOD_NEWCOMERS, FLOOD_MS] = [100, 10_000]
/** From outside, stray probes of one or two ports come all day. */
const [LEAST_OUTSIDE, LEAST_INSIDE] = [3, 2]

export const createTargetTable = (
  settings: DetectSection,
  isLocal: (address: string) => boolean,
): TargetTable => {
  const targets = createBoundedMap<string, Target>(TARGETS_MAX)

  const find = (address: string, timeMs: number): Target => {
    let target = targets.get(address)
    if (!target || timeMs - target.sinceMs > WINDOW_MS) {
      const { newcomers = 0, secondMs = timeMs, floodedMs = 0 } = target ?? {}
      target = {
        sinceMs: timeMs,
        sources: new Map(),
        ports: createDistinctCount(),
        contacts: [],
        newcomers,
        secondMs,
        floodedMs,
      }
      targets.set(address, target)
    }
    return target
  }

  return {
    noteNewcomer(address, timeMs) {
      const target = find(address, timeMs)
      if (timeMs - target.secondMs >= 1000) {
        target.secondMs = timeMs
        target.newcomers = 0
      }
      target.newcomers++
      if (target.newcomers >= FLOOD_NEWCOMERS) target.floodedMs = timeMs
    },
    isFlooded(address, timeMs) {
      const floodedMs = targets.peek(address)?.floodedMs ?? 0
      return floodedMs > 0 && timeMs - floodedMs < FLOOD_MS
    },
    noteFailure(source, contact) {
      const target = find(contact.target, contact.timeMs)
      const before = target.sources.get(source)
      if (before === undefined && target.sources.size >= SOURCES_MAX) return
      target.sources.set(source, (before ?? 0) + 1)
      target.ports.add(contact.port)
      if (target.contacts.length < CONTACTS_MAX) target.contacts.push(contact)
    },
    together(address) {
      const target = targets.peek(address)
      if (!target || target.sources.size < settings.scanTogetherSources) return undefined
      const sources = [...target.sources]
        .filter(([source, count]) => count >= (isLocal(source) ? LEAST_INSIDE : LEAST_OUTSIDE))
        .map(([source]) => source)
      const ports = target.ports.value()
      if (sources.length < settings.scanTogetherSources || ports < settings.scanTogetherPorts) {
        return undefined
      }
      return { sources, ports, contacts: target.contacts }
    },
  }
}
