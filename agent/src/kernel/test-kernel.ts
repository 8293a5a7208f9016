/** The kernel program with its tables, attached to nothing: packets come by test run. */
import {
  DIRECTIONS,
  HOOK_COUNTERS,
  type Direction,
  type HookCounters,
} from '@netscope/core/slot.ts'
import { loadBpfObject } from './bpf-object.ts'
import { createControl } from './control.ts'
import { forgetHookCounters, readHookCounters, readOverflow } from './counters.ts'
import { createEventRing, createRing } from './event-ring.ts'
import { createFlowTable } from './flow-table.ts'
import { mapMemory, pageSize } from './libbpf.ts'
import { createListTable } from './list-table.ts'
import { createObservationRing, OBSERVATION_RING_BYTES } from './observation-ring.ts'
import { createPacketTap } from './packet-tap.ts'
import { createResponseTable } from './response-table.ts'

/** Interface of test runs. */
export const LO = 1
const RING_BYTES = 1 << 20

export const createTestKernel = (flows: number, sshPorts: readonly number[]) => {
  const object = loadBpfObject({ flows, listEntries: 1000, eventRingBytes: RING_BYTES })
  const page = mapMemory(object.mapFd('.bss'), pageSize, true)
  const control = createControl(page.bytes)
  control.setSshPorts(sshPorts)
  const table = createFlowTable(object, control, flows)
  const zero = Object.fromEntries(HOOK_COUNTERS.map((name) => [name, 0])) as HookCounters
  const ring = createRing(object.mapFd('events'), RING_BYTES)
  const observed = createRing(object.mapFd('observations'), OBSERVATION_RING_BYTES)
  return {
    table,
    control,
    events: createEventRing(ring, object.mapFd('event_stats'), control),
    observations: createObservationRing(observed, object.mapFd('observation_stats'), control),
    lists: createListTable(object, control, 1000),
    response: createResponseTable(object, control),
    /** Bytes of the ring: a power of two, at least a page. */
    packets: (ringBytes: number) => createPacketTap(object, control, ringBytes),
    programFd: object.programFd,
    overflow: () => readOverflow(object),
    hookCounters: (ifindex: number, direction: Direction): HookCounters =>
      readHookCounters(object, ifindex, DIRECTIONS.indexOf(direction)) ?? zero,
    forgetHookCounters: (ifindex: number) => forgetHookCounters(object, ifindex),
    close: () => {
      table.unmap()
      ring.unmap()
      observed.unmap()
      page.unmap()
      object.close()
    },
  }
}
