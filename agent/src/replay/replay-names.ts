/** Names of the flows in captures, from the packets before them. */
import { observeSection, type ObserveSection } from '@netscope/core/config/observe.ts'
import type { Observation } from '@netscope/core/observation.ts'
import { createDictionary, type Dictionary } from '../enrich/dictionary.ts'
import { createFlowEnrichment, type FlowEnrichment } from '../enrich/flow-enrichment.ts'
import type { FlowMemory } from '../flows/flow-memory.ts'
import { createObservations } from '../observe/observations.ts'
import type { Engine } from '../wasm/engine.ts'
import type { CaptureTime } from './capture-time.ts'

export interface ReplayNames {
  /** Reads what the packets counted since the last call say. */
  take(): void
  /** Hands on what was asked of DNS some seconds ago. */
  tick(): void
  /** Hands on all that was asked of DNS. */
  flush(): void
  readonly enrichment: Pick<FlowEnrichment, 'refresh' | 'forget'>
  readonly dictionary: Dictionary
}

export interface ReplayNamesDeps {
  engine: Engine
  memory: FlowMemory
  time: CaptureTime
  interfaceName(ifindex: number): string
  /** Takes what hosts say about themselves. */
  onObservation(observation: Observation): void
}

/** Some 200 bytes each; more where more flows are under way. */
const DICTIONARY_ENTRIES = 65_536

export const createReplayNames = (
  config: Pick<ObserveSection, 'enabled' | 'httpHost'>,
  deps: ReplayNamesDeps,
): ReplayNames => {
  const { engine, memory, time, interfaceName, onObservation } = deps
  const { table } = engine
  const dictionary = createDictionary(DICTIONARY_ENTRIES, (mark) =>
    enrichment.markUsed(table.handedOut(), mark),
  )
  const observations = createObservations({
    hopAddresses: observeSection.properties.hopAddresses.default,
    memory,
    dictionary,
    handedOut: () => table.handedOut(),
    nowMs: () => (time.range()?.lastNs ?? 0) / 1e6,
    wallOffsetMs: time.wallOffsetMs,
    interfaceName,
    onObservation,
  })
  const { flowNames } = observations
  const enrichment = createFlowEnrichment({
    memory,
    sockets: { sets: [] },
    others: [flowNames.refresh],
  })
  // A capture comes as fast as it can be read, and every packet in it counts.
  const maxPerSecond = config.enabled ? Infinity : 0
  engine.observations.observe({
    maxPerSecond,
    http: config.httpHost,
    hopsPerSecond: maxPerSecond,
  })
  return {
    take: () => void engine.observations.drain(observations.take),
    tick: observations.tick,
    flush: observations.flush,
    enrichment: {
      refresh: enrichment.refresh,
      forget: (slot) => {
        enrichment.forget(slot)
        flowNames.forget(slot)
      },
    },
    dictionary,
  }
}
