/** What the kernel program has counted, read from its tables without the agent's tracker between. */
import { formatAddress } from '@netscope/core/address.ts'
import {
  DIRECTIONS,
  HOOK_COUNTERS,
  KEY,
  PATH_EGRESS,
  SLOT,
  SLOT_BYTES,
  SLOT_LIVE,
  VERDICTS,
  type HookCounters,
} from '@netscope/core/slot.ts'
import type { Source } from '../../../agent/src/source.ts'

const ETHERNET_BYTES = 14
const EGRESS = 1

/** What one endpoint of a flow sent. */
export interface Sent {
  packets: number
  bytes: number
  droppedPackets: number
  droppedBytes: number
}

export interface CountedFlow {
  slot: number
  ifindex: number
  protocol: number
  vlan: number
  verdict: string
  sides: (Sent & { address: string; port: number; egress: boolean })[]
}

const SIDES = [
  { address: KEY.loAddr, port: KEY.loPort },
  { address: KEY.hiAddr, port: KEY.hiPort },
] as const

/** All live flows. */
export const readFlows = ({ table }: Pick<Source, 'table'>): CountedFlow[] => {
  const view = new DataView(table.slots.buffer, table.slots.byteOffset, table.slots.byteLength)
  const flows: CountedFlow[] = []
  for (let slot = 0; slot < Math.min(table.capacity, table.handedOut()); slot++) {
    const at = slot * SLOT_BYTES
    if (view.getUint8(at + SLOT.state) !== SLOT_LIVE) continue
    const u64 = (field: number) => Number(view.getBigUint64(at + field, true))
    flows.push({
      slot,
      ifindex: view.getUint32(at + SLOT.key + KEY.ifindex, true),
      protocol: view.getUint8(at + SLOT.key + KEY.protocol),
      vlan: view.getUint16(at + SLOT.key + KEY.vlan, true),
      verdict: VERDICTS[view.getUint8(at + SLOT.verdict)] ?? '',
      sides: SIDES.map(({ address, port }, side) => ({
        address: formatAddress(view, at + SLOT.key + address),
        port: view.getUint16(at + SLOT.key + port, true),
        egress: (view.getUint8(at + SLOT.path + side) & PATH_EGRESS) !== 0,
        packets: u64(SLOT.packets + 8 * side),
        bytes: u64(SLOT.bytes + 8 * side),
        droppedPackets: u64(SLOT.droppedPackets + 8 * side),
        droppedBytes: u64(SLOT.droppedBytes + 8 * side),
      })),
    })
  }
  return flows
}

export interface Endpoints {
  from: string
  to: string
  protocol: number
  ifindex: number
  vlan?: number
}

/** What `from` and `to` have sent each other, over all their flows. */
export const between = (
  flows: readonly CountedFlow[],
  { from, to, protocol, ifindex, vlan = 0 }: Endpoints,
): { sent: Sent; answered: Sent; verdicts: string[] } => {
  const found = flows.filter(
    (flow) =>
      flow.protocol === protocol &&
      flow.ifindex === ifindex &&
      flow.vlan === vlan &&
      [from, to].every((address) => flow.sides.some((side) => side.address === address)),
  )
  const total = (address: string): Sent =>
    found
      .flatMap(({ sides }) => sides)
      .filter((side) => side.address === address)
      .reduce((sum, side) => add(sum, side), NOTHING)
  return {
    sent: total(from),
    answered: total(to),
    verdicts: [...new Set(found.map(({ verdict }) => verdict))],
  }
}

const NOTHING: Sent = { packets: 0, bytes: 0, droppedPackets: 0, droppedBytes: 0 }
const add = (a: Sent, b: Sent): Sent => ({
  packets: a.packets + b.packets,
  bytes: a.bytes + b.bytes,
  droppedPackets: a.droppedPackets + b.droppedPackets,
  droppedBytes: a.droppedBytes + b.droppedBytes,
})

export const hookCounters = (
  source: Pick<Source, 'hookCounters'>,
  ifindex: number,
  direction: number,
): HookCounters =>
  source
    .hookCounters()
    .find((hook) => hook.ifindex === ifindex && hook.direction === DIRECTIONS[direction])
    ?.counters ?? (Object.fromEntries(HOOK_COUNTERS.map((name) => [name, 0])) as HookCounters)

/** Our counts of one hook of a veth in the units of its own counters: buffers before segmentation, whole frames. */
export const asInterfaceCounts = (
  source: Pick<Source, 'table' | 'hookCounters'>,
  ifindex: number,
  direction: number,
): { packets: number; bytes: number } => {
  const flows = readFlows(source)
    .filter((flow) => flow.ifindex === ifindex)
    .flatMap(({ sides }) => sides)
    .filter(({ egress }) => egress === (direction === EGRESS))
    .reduce((sum, side) => add(sum, side), NOTHING)
  const c = hookCounters(source, ifindex, direction)
  const [droppedPackets, droppedBytes] =
    direction === EGRESS ? [c.droppedPackets, c.droppedBytes] : [0, 0]
  // Both hosts' multicast from :: has one key, and is counted at one hook only.
  const ipPackets = flows.packets + c.hairpinPackets - c.segmentPackets - droppedPackets
  return {
    packets: ipPackets + c.notIpPackets + c.malformedPackets,
    bytes:
      flows.bytes +
      c.hairpinBytes -
      c.segmentBytes -
      droppedBytes +
      ETHERNET_BYTES * ipPackets +
      c.linkBytes +
      c.notIpBytes +
      c.malformedBytes,
  }
}
