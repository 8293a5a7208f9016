/**
 * The sources whose first contacts fail. A flood with invented senders brings each of them once: who is seen a first
 * time waits in a table that is overwritten, and only a second contact makes a source of it.
 */
import { type BoundedMap, createBoundedMap } from '../bounded-map.ts'
import { hashText } from '../hash-text.ts'
import type { Probe, Technique } from './contact.ts'
import type { ScanIncident } from './incident.ts'
import { createTally, type Tally } from './tally.ts'

export interface ScanSource {
  readonly address: string
  mac: string
  vlan: number
  readonly tallies: Tally[]
  incidents: ScanIncident[]
  lastMs: number
}

export interface SourceTable {
  get(address: string): ScanSource | undefined
  /**
   * The source of a first contact that has not succeeded, with the one before it, which is told by `earlier`. Undefined
   * for a sender that was not seen before.
   */
  admit(probe: Probe, mayAdd: boolean, earlier: (probe: Probe) => void): ScanSource | undefined
  /** It succeeded after all. */
  clear(probe: Probe): void
  /** Forgets who was not seen since. */
  expire(beforeMs: number): void
}

const NEWCOMERS = 1 << 15

export const tallyOf = (source: ScanSource, technique: Technique): Tally => {
  for (const tally of source.tallies) if (tally.technique === technique) return tally
  const tally = createTally(technique)
  source.tallies.push(tally)
  return tally
}

export const createSourceTable = (max: number): SourceTable => {
  const sources: BoundedMap<string, ScanSource> = createBoundedMap(max)
  const newcomers: (Probe | undefined)[] = Array.from({ length: NEWCOMERS })

  const indexOf = (address: string): number => {
    const hash = hashText(address)
    return (hash ^ (hash >>> 15)) & (NEWCOMERS - 1)
  }

  const isSame = (a: Probe, b: Probe): boolean =>
    a.technique === b.technique && a.port === b.port && a.target === b.target

  return {
    get: (address) => sources.get(address),
    admit(probe, mayAdd, earlier) {
      const known = sources.get(probe.source)
      if (known) return known
      const index = indexOf(probe.source)
      const before = newcomers[index]
      if (before?.source !== probe.source || isSame(before, probe) || !mayAdd) {
        newcomers[index] = probe
        return undefined
      }
      newcomers[index] = undefined
      const source: ScanSource = {
        address: probe.source,
        mac: probe.mac,
        vlan: probe.vlan,
        tallies: [],
        incidents: [],
        lastMs: probe.timeMs,
      }
      sources.set(probe.source, source)
      earlier(before)
      return source
    },
    clear(probe) {
      const index = indexOf(probe.source)
      const before = newcomers[index]
      if (before?.source === probe.source && isSame(before, probe)) newcomers[index] = undefined
    },
    expire(beforeMs) {
      for (const [address, source] of sources.entries()) {
        if (source.lastMs >= beforeMs) return
        sources.delete(address)
      }
    },
  }
}
