/**
 * Entries of a table as the agent leaves them: given back and used again, so that what is measured is not the first touch
 * of memory, which costs most on a virtual machine.
 */
import type { KernelFlowTable } from '@netscope/agent/kernel/flow-table.ts'
import type { KernelSocketTable } from '@netscope/agent/kernel/socket-table.ts'
import {
  SOCKET,
  SOCKET_BYTES,
  SOCKET_CLOSED,
  SOCKET_OPEN,
} from '@netscope/agent/sockets/socket-slot.ts'
import {
  KEY_BYTES,
  OWNER_BYTES,
  SLOT,
  SLOT_BYTES,
  SLOT_LIVE,
  SLOT_ORPHAN,
} from '@netscope/core/slot.ts'

export interface Entries {
  /** In use now. */
  used(): number
  giveBack(): void
}

/** Slots whose byte `at` is one of `states`. */
const indexesOf = (slots: Uint8Array, bytes: number, at: number, states: readonly number[]) =>
  Uint32Array.from({ length: slots.length / bytes }, (_, i) => i).filter((i) =>
    states.includes(slots[i * bytes + at]!),
  )

export const flowEntries = (table: KernelFlowTable): Entries => {
  const slots = () => table.slots.subarray(0, table.handedOut() * SLOT_BYTES)
  const used = () => indexesOf(slots(), SLOT_BYTES, SLOT.state, [SLOT_LIVE, SLOT_ORPHAN])
  return {
    used: () => used().length,
    giveBack: () => {
      const indexes = used()
      const keys = new Uint8Array(indexes.length * KEY_BYTES)
      indexes.forEach((index, i) =>
        keys.set(
          table.slots.subarray(index * SLOT_BYTES + SLOT.key).subarray(0, KEY_BYTES),
          i * KEY_BYTES,
        ),
      )
      table.remove(keys, indexes.length)
      slots().fill(0)
      table.owners.fill(0, 0, table.handedOut() * OWNER_BYTES)
      table.recycle(indexes, indexes.length)
    },
  }
}

export const socketEntries = (table: KernelSocketTable): Entries => {
  const slots = () => table.slots.subarray(0, table.handedOut() * SOCKET_BYTES)
  const used = (...states: number[]) => indexesOf(slots(), SOCKET_BYTES, SOCKET.slotState, states)
  return {
    used: () => used(SOCKET_OPEN, SOCKET_CLOSED).length,
    giveBack: () => {
      const indexes = used(SOCKET_CLOSED)
      for (const i of indexes) slots().fill(0, i * SOCKET_BYTES, (i + 1) * SOCKET_BYTES)
      table.recycle(indexes, indexes.length)
    },
  }
}
