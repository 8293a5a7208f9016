/** The real kernel program with its tables, loaded but attached nowhere: for BPF_PROG_TEST_RUN. */
import { loadBpfObject, type BpfObject } from '@netscope/agent/kernel/bpf-object.ts'
import { createControl, type Control } from '@netscope/agent/kernel/control.ts'
import { createFlowTable, type KernelFlowTable } from '@netscope/agent/kernel/flow-table.ts'
import { mapMemory, pageSize } from '@netscope/agent/kernel/libbpf.ts'
import { createListTable } from '@netscope/agent/kernel/list-table.ts'
import type { ListTable } from '@netscope/agent/source.ts'
import type { Undo } from './undo.ts'

/** As in an agent with 2 CPUs. */
const OBSERVED_PER_10MS = 25
const HOPS_PER_10MS = 2

export interface CountingProgram {
  object: BpfObject
  control: Control
  table: KernelFlowTable
  lists: ListTable
  /** netscope_in: frames that begin with an Ethernet header, at ingress. */
  ingress: number
  close(): void
}

export interface CountingProgramSizes {
  flows?: number
  listEntries?: number
  eventRingBytes?: number
}

export const createCountingProgram = (sizes: CountingProgramSizes, undo: Undo): CountingProgram => {
  const { flows = 131072, listEntries = 1000, eventRingBytes = 4 << 20 } = sizes
  const object = loadBpfObject({ flows, listEntries, eventRingBytes })
  const page = mapMemory(object.mapFd('.bss'), pageSize, true)
  const control = createControl(page.bytes)
  control.setSshPorts([22])
  control.observe(OBSERVED_PER_10MS, false, HOPS_PER_10MS)
  const table = createFlowTable(object, control, flows)
  const close = undo.add(() => {
    table.unmap()
    page.unmap()
    object.close()
  })
  return {
    object,
    control,
    table,
    lists: createListTable(object, control, listEntries),
    ingress: object.programFd('netscope_in'),
    close,
  }
}
