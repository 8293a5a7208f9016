/** The source `mock`: a made-up network whose packets pass the kernel's own counting code. No privileges. */
import { type Direction, DIRECTIONS } from '@netscope/core/slot.ts'
import type { Interface, Source } from '../source.ts'
import { createEngine } from '../wasm/engine.ts'
import { attacks } from './attacks.ts'
import { everyday } from './everyday.ts'
import { createRandom } from './random.ts'
import { createTimeline } from './timeline.ts'
import { createWire, ETH0, LO } from './wire.ts'

const STEP_MS = 50
/** After a longer sleep (a suspended laptop) the network goes on from now instead of catching up. */
const MAX_CATCH_UP_MS = 5000
const SPREAD_MS = 3000

/** The parts of AgentConfig that matter here. */
export interface MockConfig {
  mock: { seed: number }
  flows: { tableSize: number }
  lists: { maxEntries: number }
  network: { sshPorts: readonly number[] }
}

export interface MockDeps {
  /** Milliseconds of a clock that never jumps. */
  monotonicMs(): number
  /** Milliseconds since 1970. */
  wallMs(): number
  /** Calls `run` every `ms` until the returned function is called. */
  every(ms: number, run: () => void): () => void
}

const systemDeps: MockDeps = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  every: (ms, run) => {
    const timer = setInterval(run, ms)
    return () => clearInterval(timer)
  },
}

/** Nothing moves before start(); the same seed makes the same packets in the same order. */
export const createMockSource = (config: MockConfig, deps: MockDeps = systemDeps): Source => {
  const engine = createEngine({
    capacity: config.flows.tableSize,
    sshPorts: config.network.sshPorts,
    listCapacity: config.lists.maxEntries,
  })
  const timeline = createTimeline()
  /** Monotonic time at the timeline's 0. */
  let originMs = deps.monotonicMs()
  let stopTimer: (() => void) | undefined
  const wire = createWire(engine, () => Math.round((originMs + timeline.now()) * 1e6))

  const step = (): void => {
    const until = deps.monotonicMs() - originMs
    const late = until - timeline.now() - MAX_CATCH_UP_MS
    if (late > 0) originMs += late
    timeline.advance(late > 0 ? until - late : until)
  }

  const face = (ifindex: number, name: string, kind: Interface['kind']): Interface => ({
    ifindex,
    name,
    kind,
    attached: 'mock',
    leaf: true,
    before: { rxPackets: 0, rxBytes: 0, txPackets: 0, txBytes: 0 },
    now: wire.counters(ifindex),
  })

  return {
    name: 'mock',
    table: engine.table,
    lists: engine.lists,
    response: engine.response,
    events: engine.events,
    observations: engine.observations,
    capabilities: () => [{ name: 'mock network', ok: true }],
    interfaces: () => [face(LO, 'lo', 'loopback'), face(ETH0, 'eth0', 'physical')],
    hookCounters: () =>
      [LO, ETH0].flatMap((ifindex) =>
        DIRECTIONS.map((direction: Direction) => ({
          ifindex,
          direction,
          counters: engine.hookCounters(ifindex, direction),
        })),
      ),
    overflow: engine.overflow,
    nowNs: () => Math.round(deps.monotonicMs() * 1e6),
    wallOffsetMs: () => deps.wallMs() - deps.monotonicMs(),
    start: async () => {
      originMs = deps.monotonicMs()
      const random = createRandom(config.mock.seed)
      const stage = { wire, random, timeline }
      for (const script of everyday(stage)) timeline.spawn(script, random.next() * SPREAD_MS)
      for (const script of attacks(stage)) timeline.spawn(script)
      stopTimer = deps.every(STEP_MS, step)
    },
    stop: async () => {
      stopTimer?.()
      stopTimer = undefined
    },
  }
}
