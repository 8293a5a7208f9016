/** Live flows summed for `netscope top`. */
import { hasPorts, nameOf } from '../observe/endpoint.ts'
import type { FlowRow } from '../observe/field.ts'
import { hostView, localSide, peerText, processSides, type HostView } from './host-view.ts'

export interface Group {
  label: string
  /** L3 bytes per second, seen from this host (of a process: from the process). */
  inPerSecond: number
  outPerSecond: number
  packets: number
  flows: number
  retransmits: number
  /** Highest smoothed round trip time that a socket measures, 0 unknown. */
  maxRttMs: number
}

interface Grouping {
  title: string
  /** How the flow counts: once, or once for each process. */
  views(flow: FlowRow): HostView[]
  /** What the group is called; empty where that is not known. */
  label(view: HostView): string
  /** What stands for those without. */
  nameless: string
}

const once = (flow: FlowRow): HostView[] => [hostView(flow, localSide(flow))]
const perProcess = (flow: FlowRow): HostView[] =>
  processSides(flow).map((side) => hostView(flow, side))

const processLabel = ({ flow, local }: HostView): string => {
  const [command, pid] = [flow[`${local}Process`], flow[`${local}Pid`]]
  return command || pid > 0 ? `${command}${pid > 0 ? `[${pid}]` : ''}` : ''
}

/** What `netscope top --by` takes; the first is the default. */
export const GROUPINGS = {
  process: { title: 'PROCESS', views: perProcess, label: processLabel, nameless: '(unknown)' },
  peer: { title: 'PEER', views: once, label: peerText, nameless: '(unknown)' },
  port: {
    title: 'PORT',
    views: once,
    label: ({ flow }) => (hasPorts(flow) ? `${flow.dstPort}/${flow.protocol}` : flow.protocol),
    nameless: '(unknown)',
  },
  interface: {
    title: 'INTERFACE',
    views: once,
    label: ({ flow }) => flow.interface,
    nameless: '(unknown)',
  },
  container: {
    title: 'CONTAINER',
    views: perProcess,
    label: ({ flow, local }) => flow[`${local}Container`],
    nameless: '(no container)',
  },
  name: {
    title: 'NAME',
    views: once,
    label: ({ flow, remote }) => nameOf(flow, remote),
    nameless: '(no name)',
  },
} as const satisfies Record<string, Grouping>

export type GroupBy = keyof typeof GROUPINGS

/** Orders, in which `s` goes on. */
export const ORDERS = {
  rate: ({ inPerSecond, outPerSecond }: Group) => inPerSecond + outPerSecond,
  packets: ({ packets }: Group) => packets,
  flows: ({ flows }: Group) => flows,
  retransmits: ({ retransmits }: Group) => retransmits,
  rtt: ({ maxRttMs }: Group) => maxRttMs,
} as const

export type Order = keyof typeof ORDERS

const emptyGroup = (label: string): Group => ({
  label,
  inPerSecond: 0,
  outPerSecond: 0,
  packets: 0,
  flows: 0,
  retransmits: 0,
  maxRttMs: 0,
})

const addView = (group: Group, { flow, local, remote }: HostView): void => {
  group.outPerSecond += flow[`${local}BytesPerSecond`]
  group.inPerSecond += flow[`${remote}BytesPerSecond`]
  group.packets += flow.srcPackets + flow.dstPackets
  group.flows++
  group.retransmits += flow.srcRetransmits + flow.dstRetransmits
  group.maxRttMs = Math.max(group.maxRttMs, flow.srcRttMs, flow.dstRttMs)
}

/** The groups of `flows`, the first of the order first; of equal ones the one with more flows. */
export const groupFlows = (flows: readonly FlowRow[], by: GroupBy, order: Order): Group[] => {
  const { views, label, nameless } = GROUPINGS[by]
  const groups = new Map<string, Group>()
  for (const view of flows.flatMap((flow) => views(flow))) {
    const name = label(view) || nameless
    const group = groups.get(name) ?? emptyGroup(name)
    groups.set(name, group)
    addView(group, view)
  }
  const key = ORDERS[order]
  return [...groups.values()].toSorted((a, b) => key(b) - key(a) || b.flows - a.flows)
}
