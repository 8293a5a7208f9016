/** The socket programs and their table, or why there are none: the rest goes on without. */
import type { Capability } from '../source.ts'
import { loadSocketPrograms } from './socket-programs.ts'
import { createSocketTable, type KernelSocketTable } from './socket-table.ts'

export interface KernelSockets {
  /** undefined where the kernel refuses the programs. */
  readonly table: KernelSocketTable | undefined
  attach(): void
  capability(): Capability
  programs(): { name: string; fd: number }[]
  close(): void
}

const WITHOUT = 'round trip times, retransmissions and processes are not known'

export const createKernelSockets = (capacity: number): KernelSockets => {
  let problem = ''
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch (error) {
      problem = (error as Error).message
      return undefined
    }
  }
  const loaded = attempt(() => loadSocketPrograms(capacity))
  const table = attempt(() => loaded && createSocketTable(loaded, capacity))
  if (!table) loaded?.close()
  return {
    table,
    attach: () => attempt(() => table && loaded?.attach()),
    capability: () =>
      problem === ''
        ? { name: 'sockets', ok: true }
        : { name: 'sockets', ok: false, reason: `${problem}: ${WITHOUT}.` },
    programs: () => (table && loaded?.programs) ?? [],
    close: () => {
      if (!table) return
      table.unmap()
      loaded?.close()
    },
  }
}
