/** The groups of connections of one run of an agent; those without connections are kept for a minute. */
import { createConnectionGroup, groupKey } from './connection-group.ts'
import type { ConnectionGroup } from './connection-group.ts'

/** A flow's series ends that long after the flow. */
const KEPT_MS = 60_000

export interface GroupTable {
  readonly all: Iterable<ConnectionGroup>
  /** The group of the record at `at`, with one connection more. */
  enter(view: DataView, at: number): ConnectionGroup
  /** One connection less. */
  leave(group: ConnectionGroup, nowMs: number): void
  /** Removes groups whose time is over, and of those without a series the oldest if they are too many. */
  expire(nowMs: number, onExpire: (group: ConnectionGroup) => void): void
}

/** Memory goes with the live connections, plus `maxEnded` groups without a series and those with one. */
export const createGroupTable = (foldClientPorts: boolean, maxEnded: number): GroupTable => {
  const groups = new Map<string, ConnectionGroup>()
  /** In the order in which they ended. */
  const ended = new Set<ConnectionGroup>()

  return {
    get all() {
      return groups.values()
    },
    enter(view, at) {
      const key = groupKey(view, at, foldClientPorts)
      let group = groups.get(key)
      if (!group) groups.set(key, (group = createConnectionGroup(key, view, at, foldClientPorts)))
      if (group.connections++ === 0) ended.delete(group)
      return group
    },
    leave(group, nowMs) {
      if (--group.connections > 0) return
      group.endedAtMs = nowMs
      ended.add(group)
    },
    expire(nowMs, onExpire) {
      let unlabelled = 0
      for (const { labelled } of ended) if (!labelled) unlabelled++
      for (const group of ended) {
        const isOver = group.endedAtMs <= nowMs - KEPT_MS
        const isSurplus = !group.labelled && unlabelled > maxEnded
        if (!isOver && unlabelled <= maxEnded) return
        if (!isOver && !isSurplus) continue
        if (!group.labelled) unlabelled--
        ended.delete(group)
        groups.delete(group.key)
        onExpire(group)
      }
    },
  }
}
