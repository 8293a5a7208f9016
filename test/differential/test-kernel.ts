/** The kernel program with its tables, attached to nothing: packets come by test run. */
import {
  DIRECTIONS,
  HOOK_COUNTERS,
  type Direction,
  type HookCounters,
} from '@netscope/core/slot.ts'
import { loadBpfObject } from '../../agent/src/kernel/bpf-object.ts'
import { createControl } from '../../agent/src/kernel/control.ts'
import { readHookCounters, readOverflow } from '../../agent/src/kernel/counters.ts'
import { createFlowTable } from '../../agent/src/kernel/flow-table.ts'
import { mapMemory, pageSize } from '../../agent/src/kernel/libbpf.ts'
import { createListTable } from '../../agent/src/kernel/list-table.ts'

/** Interface of test runs. */
export const LO = 1

export const createTestKernel = (flows: number, sshPorts: readonly number[]) => {
  const object = loadBpfObject({ flows, listEntries: 1000, eventRingBytes: 1 << 20 })
  const page = mapMemory(object.mapFd('.bss'), pageSize, true)
  const control = createControl(page.bytes)
  control.setSshPorts(sshPorts)
  const table = createFlowTable(object, control, flows)
  const zero = Object.fromEntries(HOOK_COUNTERS.map((name) => [name, 0])) as HookCounters
  return {
    table,
    lists: createListTable(object, control, 1000),
    programFd: object.programFd,
    overflow: () => readOverflow(object),
    hookCounters: (ifindex: number, direction: Direction): HookCounters =>
      readHookCounters(object, ifindex, DIRECTIONS.indexOf(direction)) ?? zero,
    close: () => {
      table.unmap()
      page.unmap()
      object.close()
    },
  }
}
