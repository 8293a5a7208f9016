/** The kernel's reasons for drops: their numbers differ from kernel to kernel, so they are asked for at run time. */
import type { KernelTypes } from './kernel-types.ts'

const PREFIX = /^SKB_(DROP_REASON_)?/
const UNSPECIFIED = 'NOT_SPECIFIED'
const PACKET_SOCKET = 'PACKET_SOCK_ERROR'
const QUEUE_PURGE = 'QUEUE_PURGE'
/** Reasons of modules have their subsystem's number in the upper half (include/net/dropreason.h). */
const SUBSYSTEM_SHIFT = 16
const SUBSYSTEM_PREFIX = 'SKB_DROP_REASON_SUBSYS_'

/** As text of /sys/kernel/tracing/events/skb/kfree_skb/format: `{ 57, "QDISC_DROP" }`. */
export const DROP_FORMAT = '/sys/kernel/tracing/events/skb/kfree_skb/format'

export interface DropReasons {
  /** Up to this number the kernel gives no reason: such ends of packets are mostly no drops. */
  lastWithoutReason: number
  /** Given for copies that packet sockets had no room for, which are no lost packets. Since Linux 6.11. */
  packetSocket: number | undefined
  /** Given for what a closing socket still held, such as the FIN. Since Linux 6.2. */
  queuePurge: number | undefined
  /** `QDISC_DROP`; of a module's, `OPENVSWITCH_3`; `REASON_99` where nobody knows. */
  name(reason: number): string
}

/** From the kernel's BTF, else from the tracepoint's format; undefined before Linux 5.17, which has no reasons. */
export const readDropReasons = (
  types: Pick<KernelTypes, 'enumValues'> | undefined,
  format: string,
): DropReasons | undefined => {
  const values = types?.enumValues('skb_drop_reason') ?? valuesOfFormat(format)
  const names = new Map([...values].map(([number, name]) => [number, name.replace(PREFIX, '')]))
  const numberOf = (wanted: string) => [...names].find(([, name]) => name === wanted)?.[0]
  const unspecified = numberOf(UNSPECIFIED)
  if (unspecified === undefined) return undefined
  const subsystems = types?.enumValues('skb_drop_reason_subsys') ?? new Map<number, string>()
  return {
    lastWithoutReason: unspecified,
    packetSocket: numberOf(PACKET_SOCKET),
    queuePurge: numberOf(QUEUE_PURGE),
    name: (reason) => names.get(reason) ?? nameOfModule(subsystems, reason),
  }
}

const valuesOfFormat = (format: string): Map<number, string> =>
  new Map(
    [...format.matchAll(/\{ (\d+), "(\w+)" \}/g)].map(([, n, name = '']) => [Number(n), name]),
  )

const nameOfModule = (subsystems: Map<number, string>, reason: number): string => {
  const subsystem = subsystems.get(reason >>> SUBSYSTEM_SHIFT)
  return subsystem && reason >>> SUBSYSTEM_SHIFT > 0
    ? `${subsystem.replace(SUBSYSTEM_PREFIX, '')}_${reason & 0xffff}`
    : `REASON_${reason}`
}
