/** Counts established TCP connections that pass through this host, by the kernel's flow entries. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import { KEY, PATH_FORWARDED, SLOT, SLOT_BYTES, SLOT_LIVE } from '@netscope/core/slot.ts'
import type { Termination } from '@netscope/core/wire-response.ts'
import type { FlowTable } from '../source.ts'

const TCP = 6
const FIN_OR_RST = 0x05
/** Above this many the rest is not told apart by interface any more. */
const MAX_TOLD = 100_000

export const countForwarded = (
  table: FlowTable,
  { prefix, port, protocol = TCP }: Termination,
): number => {
  if (protocol !== TCP) return 0
  const holds = prefixTest(parsePrefix(prefix))
  const { slots } = table
  const view = new DataView(slots.buffer, slots.byteOffset, slots.byteLength)
  const end = Math.min(table.handedOut(), table.capacity)
  const found = new Set<string>()
  for (let at = 0; at < end * SLOT_BYTES && found.size < MAX_TOLD; at += SLOT_BYTES) {
    const key = at + SLOT.key
    if (slots[at + SLOT.state] !== SLOT_LIVE || slots[key + KEY.protocol] !== TCP) continue
    if (((slots[at + SLOT.path]! | slots[at + SLOT.path + 1]!) & PATH_FORWARDED) === 0) continue
    if (((slots[at + SLOT.tcpFlags]! | slots[at + SLOT.tcpFlags + 1]!) & FIN_OR_RST) !== 0) continue
    // Both sides have sent something that passed.
    if (!hasPassed(view, at, 0) || !hasPassed(view, at, 8)) continue
    if (!holds(view, key) && !holds(view, key + KEY.hiAddr)) continue
    const ports = [view.getUint16(key + KEY.loPort, true), view.getUint16(key + KEY.hiPort, true)]
    if (port !== undefined && !ports.includes(port)) continue
    // At each interface that it passes it has a flow.
    found.add(Buffer.from(slots.subarray(key, key + KEY.vlan)).toString('latin1'))
  }
  return found.size
}

const hasPassed = (view: DataView, at: number, side: number): boolean =>
  view.getBigUint64(at + SLOT.packets + side, true) >
  view.getBigUint64(at + SLOT.droppedPackets + side, true)
