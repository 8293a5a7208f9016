/** A packet event as a line of `/events`. */
import { formatAddress } from '@netscope/core/address.ts'
import type { FlowContext } from '@netscope/core/flow-record.ts'
import { protocolName } from '@netscope/core/protocol.ts'
import { DIRECTIONS, EVENT, VERDICTS } from '@netscope/core/slot.ts'

export type EventLine = (view: DataView, at: number, seq: number, context: FlowContext) => string

/** Server-Sent Events line with its empty line; `timeOfDay` takes milliseconds since 1970. */
export const createEventLine = (timeOfDay: (ms: number) => string): EventLine => {
  const names = new Map<string, string>()

  /** Interface name as JSON; there are few. */
  const quoted = (name: string): string => {
    const known = names.get(name)
    if (known !== undefined) return known
    if (names.size > 4096) names.clear()
    const text = JSON.stringify(name)
    names.set(name, text)
    return text
  }

  return (view, at, seq, context) => {
    const u8 = (offset: number) => view.getUint8(at + offset)
    const u16 = (offset: number) => view.getUint16(at + offset, true)
    const u32 = (offset: number) => view.getUint32(at + offset, true)
    const ns = u32(EVENT.timeNs) + u32(EVENT.timeNs + 4) * 4294967296
    const name = quoted(context.interfaceName(u32(EVENT.ifindex)))
    return (
      `data: {"time":"${timeOfDay(context.wallOffsetMs + ns / 1e6)}","seq":${seq}` +
      `,"src":"${formatAddress(view, at + EVENT.srcAddr)}","dst":"${formatAddress(view, at + EVENT.dstAddr)}"` +
      `,"proto":"${protocolName(u8(EVENT.protocol))}","action":"${VERDICTS[u8(EVENT.verdict) & 3]}"` +
      `,"direction":"${DIRECTIONS[u8(EVENT.direction) & 1]}"` +
      `,"srcPort":${u16(EVENT.srcPort)},"dstPort":${u16(EVENT.dstPort)},"length":${u32(EVENT.bytes)}` +
      `,"packets":${u16(EVENT.packets)},"interface":${name},"vlan":${u16(EVENT.vlan)}` +
      `,"tcpFlags":${u8(EVENT.tcpFlags)}}\n\n`
    )
  }
}
