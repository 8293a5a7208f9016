/** What tracing adds to sockets and flows: drops, bytes as programs see them, who accepted. */
import type { DropTotal } from '@netscope/core/status.ts'
import type { FlowDrops } from '../enrich/flow-drops.ts'
import type { AcceptedRow, DropTotalRow } from '../kernel/tracing/trace-rows.ts'
import type { TraceRows } from '../kernel/tracing/trace-tables.ts'
import type { Sockets } from './sockets.ts'

/** Of each tick; more wait for nobody: such sockets keep their listener's owner. */
const MAX_WAITING = 4096
const MAX_TOTALS = 256
/** Reason of what is beyond MAX_TOTALS. */
const OTHER = 'other'
const TCP = 6

export interface Traced {
  /** Once a second, after the sockets' tick. */
  tick(): void
  /** Drops since start by interface and reason, most packets first. */
  drops(): DropTotal[]
  /** Packets of TCP dropped since start. */
  tcpDrops(): number
  /** Why nothing more is seen, in words. */
  reasons(): string[]
}

export interface TracedDeps {
  read(): TraceRows
  sockets: Pick<Sockets, 'accepted' | 'applicationBytes'>
  flowDrops: Pick<FlowDrops, 'take'>
  interfaceName(ifindex: number): string
  /** Inode of our network namespace; 0 not known. Interfaces of others have numbers of their own. */
  netns: number
}

export const createTraced = (deps: TracedDeps): Traced => {
  const totals = new Map<string, DropTotal>()
  let waiting: AcceptedRow[] = []
  let tcpDrops = 0
  let problem = ''

  /** Tracing is extra: flows are counted without it. */
  const read = (): TraceRows | undefined => {
    try {
      const rows = deps.read()
      problem = ''
      return rows
    } catch (error) {
      problem = (error as Error).message
      return undefined
    }
  }

  const isElsewhere = (netns: number) => netns !== 0 && deps.netns !== 0 && netns !== deps.netns
  const addTotal = ({ ifindex, netns, reason, packets, bytes }: DropTotalRow): void => {
    const name = ifindex === 0 || isElsewhere(netns) ? '' : deps.interfaceName(ifindex)
    const total = totalOf(name, reason)
    total.packets += packets
    total.bytes += bytes
  }
  const totalOf = (name: string, reason: string): DropTotal => {
    const key = `${name} ${reason}`
    const known = totals.get(key)
    if (known) return known
    if (totals.size >= MAX_TOTALS && reason !== OTHER) return totalOf('', OTHER)
    const fresh = { interface: name, reason, packets: 0, bytes: 0 }
    totals.set(key, fresh)
    return fresh
  }

  return {
    tick() {
      const rows = read()
      if (!rows) return
      deps.flowDrops.take(rows.drops)
      for (const { tuple, packets } of rows.drops) if (tuple.protocol === TCP) tcpDrops += packets
      rows.dropTotals.forEach(addTotal)
      for (const { cookie, sent, received } of rows.appBytes)
        deps.sockets.applicationBytes(cookie, sent, received)
      // A socket may be accepted before its entry is taken in.
      for (const row of waiting) deps.sockets.accepted(row)
      waiting = rows.accepted.filter((row) => !deps.sockets.accepted(row)).slice(-MAX_WAITING)
    },
    drops: () => [...totals.values()].toSorted((a, b) => b.packets - a.packets),
    tcpDrops: () => tcpDrops,
    reasons: () => (problem === '' ? [] : [`Tracing: ${problem}.`]),
  }
}
