/** A flow as this host sees it: what comes in and goes out, for whom, with whom. */
import { nameOf } from '../observe/endpoint.ts'
import type { FlowRow } from '../observe/field.ts'

type Side = 'src' | 'dst'

export interface HostView {
  flow: FlowRow
  /** The side that is ours. */
  local: Side
  remote: Side
}

const other = (side: Side): Side => (side === 'src' ? 'dst' : 'src')

export const hostView = (flow: FlowRow, local: Side): HostView => ({
  flow,
  local,
  remote: other(local),
})

/** The side of a flow that is ours: the client's of what goes out or passes, else the other. */
export const localSide = ({ direction }: FlowRow): Side => (direction === 'inbound' ? 'dst' : 'src')

/** Sides with a known process: both, where two programs of this host talk to each other. */
export const processSides = (flow: FlowRow): Side[] => {
  const sides = (['src', 'dst'] as const).filter(
    (side) => flow[`${side}Process`] !== '' || flow[`${side}Pid`] > 0,
  )
  return sides.length > 0 ? sides : [localSide(flow)]
}

export const peerText = ({ flow, remote }: HostView): string => {
  const name = nameOf(flow, remote)
  return name ? `${name} (${flow[remote]})` : flow[remote]
}
