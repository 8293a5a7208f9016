/** The sockets of this host and their owners: those that our programs follow, and those that are older. */
import type { TcpTotals } from '@netscope/core/status.ts'
import type { Dictionary } from '../enrich/dictionary.ts'
import type { Processes, Resolution } from '../enrich/processes.ts'
import type { AcceptedRow } from '../kernel/tracing/trace-rows.ts'
import type { Capability, Source } from '../source.ts'
import { capturedNetns, capturedOwner } from './captured-owner.ts'
import { createOldSockets, type OldOwner } from './old-sockets.ts'
import { createProcessIds, type ProcessIds } from './process-ids.ts'
import { createSocketTracker, type SocketTracker } from './socket-tracker.ts'

/** Sockets with a 5-tuple or a cookie, and who owns them. */
export interface SocketSet {
  tracker: SocketTracker
  owners: ProcessIds
}

export interface Sockets {
  /** To be searched in this order; empty where no program sees sockets. */
  readonly sets: readonly SocketSet[]
  /** Once a second, before the flows are looked at. */
  tick(): void
  /** Dictionary id of who owns the socket with this cookie; 0 where it is not known. */
  ownerOf(low: number, high: number): number
  used(): number
  /** undefined where no program sees sockets. */
  tcp(): TcpTotals | undefined
  /** Who accepted a connection, more exact than its listener's owner; false: ask again in the next tick. */
  accepted(row: AcceptedRow): boolean
  /** What the program of a socket has handed over and taken since the last call. */
  applicationBytes(cookie: bigint, sent: number, received: number): void
  /** What can't be known on this machine. */
  limits(): Capability[]
  /** Why something is not known for now, in words. */
  reasons(): string[]
}

export interface SocketsDeps {
  source: Pick<Source, 'sockets' | 'netns' | 'dumpTcpSockets' | 'nowNs'>
  dictionary: Pick<Dictionary, 'process'>
  processes: Processes
  /** Process that holds the socket with this inode; undefined unknown. */
  pidOfInode(inode: number): number | undefined
}

/** More connections than these are hardly older than the agent on a machine that it is started on. */
const OLD_CAPACITY = 16_384

export const createSockets = (deps: SocketsDeps): Sockets => {
  const { source, processes, dictionary } = deps
  if (!source.sockets) return NONE
  const old = createOldSockets(OLD_CAPACITY, source.dumpTcpSockets ?? (() => undefined))
  const tracker = createSocketTracker(source.sockets)
  const oldTracker = createSocketTracker(old.table)

  const ownerOfOld = (owner: OldOwner | undefined): Resolution | undefined => {
    const pid = owner && deps.pidOfInode(owner.inode)
    return pid === undefined ? undefined : processes.ofPid(pid)
  }
  /** As far as it is known: old listeners are known of our own network namespace only. */
  const isElsewhere = (row: number): boolean => {
    const netns = capturedNetns(tracker.words, row)
    const own = source.netns?.cookie ?? 0n
    return netns !== 0n && own !== 0n && netns !== own
  }
  /** Of a connection that a listener older than the programs accepted nothing is captured. */
  const ownerOf = (row: number): Resolution | undefined => {
    const captured = capturedOwner(tracker.words, row)
    if (captured) return processes.resolve(captured)
    if (isElsewhere(row)) return undefined
    return ownerOfOld(old.listenerOwner(tracker.localPort(row)))
  }
  const sets = [
    { tracker, owners: createProcessIds(tracker, dictionary, ownerOf) },
    {
      tracker: oldTracker,
      owners: createProcessIds(oldTracker, dictionary, (row) => ownerOfOld(old.ownerOf(row))),
    },
  ]

  const rowOf = (cookie: bigint): number =>
    tracker.byCookie(Number(cookie & 0xffffffffn), Number(cookie >> 32n))

  return {
    sets,
    tick() {
      processes.tick()
      tracker.tick()
      old.tick((low, high) => tracker.byCookie(low, high) >= 0)
      oldTracker.tick()
      for (const { owners } of sets) owners.tick()
    },
    ownerOf(low, high) {
      for (const { tracker: of, owners } of sets) {
        const row = of.byCookie(low, high)
        if (row >= 0) return owners.of(row)
      }
      return 0
    },
    used: () => tracker.used() + oldTracker.used(),
    tcp: () => add(tracker.totals.now(), oldTracker.totals.now()),
    accepted(accepted) {
      const row = rowOf(accepted.cookie)
      if (row < 0) return false
      const { process, later } = processes.resolve({ ...accepted, capturedNs: source.nowNs() })
      sets[0]!.owners.set(row, process)
      return !later
    },
    applicationBytes(cookie, sent, received) {
      const row = rowOf(cookie)
      if (row >= 0) tracker.applicationBytes(row, sent, received)
    },
    limits: () =>
      processes
        .reasons()
        .map((reason) => ({ name: 'processes', ok: false, reason, isExtra: true })),
    reasons: () => (old.problem() === '' ? [] : [old.problem()]),
  }
}

const NONE: Sockets = {
  sets: [],
  tick: () => undefined,
  ownerOf: () => 0,
  used: () => 0,
  tcp: () => undefined,
  accepted: () => false,
  applicationBytes: () => undefined,
  limits: () => [],
  reasons: () => [],
}

const add = (a: TcpTotals, b: TcpTotals): TcpTotals =>
  Object.fromEntries(
    Object.entries(a).map(([name, value]) => [name, value + (b[name as keyof TcpTotals] ?? 0)]),
  ) as unknown as TcpTotals
