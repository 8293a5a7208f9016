/**
 * Who a process is, from what the kernel captured and from /proc. Limits: a process that ended before we look has
 * only what was captured. Of a pid that is reused within 20 ms the wrong one is read. An exec that keeps the command
 * is noticed only where we have CAP_SYS_PTRACE, and the command line is that of the moment when it was read.
 */
import { readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import type { ProcessInfo } from '@netscope/core/process.ts'
import { createBootClock, TICK_NS } from './boot-clock.ts'
import type { CgroupPaths } from './cgroup-paths.ts'
import { maskSecrets } from './mask-secrets.ts'
import { createOwningCgroup, type OwningCgroup } from './owning-cgroup.ts'
import { printable } from './printable.ts'
import { createProcFiles, type ProcStat } from './proc-files.ts'
import type { UserNames } from './user-names.ts'

/** What the kernel program captured in the context of the process. */
export interface SeenProcess {
  pid: number
  uid: number
  /** Name of the thread that made the call. */
  command: string
  /** It is not the first thread of the process, whose name is that of the process. */
  isThread?: boolean
  /** Of cgroup v2; 0 if not known. */
  cgroupId: bigint
  /** CLOCK_MONOTONIC. */
  capturedNs: number
}

export interface Resolution {
  process: ProcessInfo
  /** This tick has read enough: ask again in the next, there is more to know. */
  later: boolean
}

export interface ProcessesConfig {
  procRoot?: string
  maxCached?: number
  /** A process takes four reads, one that has ended takes one. */
  readsPerTick?: number
  /** Time for reading in a tick, however few were read: hostile command lines take longest. */
  msPerTick?: number
}

export interface ProcessesDeps {
  cgroups: Pick<CgroupPaths, 'start' | 'refresh' | 'pathOf' | 'reason'>
  users: UserNames
  monotonicNs(): number
  wallMs(): number
}

export interface Processes {
  start(): void
  /** Allows new reads; call it every second or oftener. */
  tick(): void
  resolve(seen: SeenProcess): Resolution
  /** A process of which nothing was captured (its sockets are older than we); undefined when it has ended. */
  ofPid(pid: number): Resolution | undefined
  /** deniedPaths: programs of other users, whose path is told with CAP_SYS_PTRACE only. */
  counts(): { cached: number; read: number; gone: number; later: number; deniedPaths: number }
  /** Why something is not known, in words for people. */
  reasons(): string[]
}

/** fs/proc: PROC_PID_INIT_INO, the pid namespace whose numbers the kernel program sees. */
const INIT_PID_NAMESPACE = 'pid:[4026531836]'
/** Tick of the start time, and of /proc/uptime. */
const TOLERANCE_NS = 2 * TICK_NS
/** So soon a pid doesn't come back: it takes a whole round of pid_max. */
const TRUST_NS = 1e9
const READS_OF_PROCESS = 4
const MAX_COMMAND = 32
const MAX_EXE = 1024

/** A process as it was read; `aliveNs` is when it was last seen there. */
interface Known {
  stat: ProcStat
  aliveNs: number
  facts: Pick<ProcessInfo, 'exe' | 'commandLine' | 'startMs'>
  cgroups: Map<string, string>
  last?: { seen: SeenProcess; process: ProcessInfo }
}

/** Keeps at most `maxCached` processes, those asked for last; reads synchronously, about 10 µs a file. */
export const createProcesses = (config: ProcessesConfig, deps: ProcessesDeps): Processes => {
  const { procRoot = '/proc', maxCached = 8192, readsPerTick = 2000, msPerTick = 50 } = config
  const { monotonicNs } = deps
  const files = createProcFiles(procRoot)
  const clock = createBootClock(procRoot, monotonicNs)
  const owningCgroup = createOwningCgroup()
  const cache = new Map<number, Known>()
  /** Answers of ofPid in this tick: a busy listener is asked for with every connection. */
  const ofPids = new Map<number, Resolution | undefined>()
  const counts = { read: 0, gone: 0, later: 0, deniedPaths: 0 }
  let foreignPids = false
  let startedNs = Infinity
  let readsLeft = 0
  let readNsLeft = 0

  const tick = (): void => {
    readsLeft = readsPerTick
    readNsLeft = msPerTick * 1e6
    ofPids.clear()
    clock.measure()
    deps.cgroups.refresh(deps.wallMs())
  }
  const startedAfter = ({ startTicks }: ProcStat, ns: number): boolean =>
    startTicks * TICK_NS > clock.bootNs(ns) + TOLERANCE_NS

  const remember = (pid: number, known: Known): Known => {
    cache.delete(pid)
    if (cache.size >= maxCached) cache.delete(cache.keys().next().value!)
    cache.set(pid, known)
    return known
  }
  const read = (pid: number, stat: ProcStat, nowNs: number): Known => {
    counts.read++
    readsLeft -= READS_OF_PROCESS - 1
    const { path, denied } = files.exe(pid)
    if (denied) counts.deniedPaths++
    const commandLine = maskSecrets(files.argv(pid))
    const ageMs = (clock.bootNs(nowNs) - stat.startTicks * TICK_NS) / 1e6
    const facts = {
      ...(path === undefined ? {} : { exe: printable(path, MAX_EXE) }),
      ...(commandLine === '' ? {} : { commandLine }),
      startMs: Math.round(deps.wallMs() - ageMs),
    }
    return { stat, aliveNs: nowNs, facts, cgroups: files.cgroups(pid) }
  }
  /** The process as it is now, if it is the one of `capturedNs`. */
  const look = (pid: number, capturedNs: number): Known | undefined => {
    readsLeft--
    const nowNs = monotonicNs()
    const stat = files.stat(pid)
    if (stat === undefined || startedAfter(stat, capturedNs)) {
      counts.gone++
      return undefined
    }
    const known = cache.get(pid)
    if (known === undefined || !isSame(known.stat, stat)) {
      return remember(pid, read(pid, stat, nowNs))
    }
    known.aliveNs = nowNs
    return known
  }

  const describe = (seen: SeenProcess, known: Known | undefined): ProcessInfo => {
    if (known?.last && isSameCapture(known.last.seen, seen)) return known.last.process
    const nowMs = deps.wallMs()
    const path = deps.cgroups.pathOf(Number(seen.cgroupId), nowMs)
    const cgroup = owningCgroup(path, known?.cgroups)
    const user =
      cgroup?.container && seen.uid !== 0 ? undefined : deps.users.nameOf(seen.uid, nowMs)
    const process: ProcessInfo = {
      pid: seen.pid,
      command: printable(commandOf(seen, known), MAX_COMMAND),
      uid: seen.uid,
      ...(user === undefined ? {} : { user }),
      ...known?.facts,
      ...(cgroup && placeOf(cgroup)),
    }
    if (known && path !== undefined) known.last = { seen, process }
    return process
  }
  const lookInTime = ({ pid, capturedNs }: SeenProcess): Known | undefined => {
    const beforeNs = monotonicNs()
    const known = look(pid, capturedNs)
    readNsLeft -= monotonicNs() - beforeNs
    return known
  }
  const later = (seen: SeenProcess): Resolution => {
    counts.later++
    return { process: describe(seen, undefined), later: true }
  }
  const resolve = (seen: SeenProcess): Resolution => {
    if (foreignPids) return { process: describe(seen, undefined), later: false }
    const known = cache.get(seen.pid)
    if (known === undefined || isStale(known, seen)) {
      if (readsLeft <= 0 || readNsLeft <= 0) return later(seen)
      return { process: describe(seen, lookInTime(seen)), later: false }
    }
    const another = startedAfter(known.stat, seen.capturedNs)
    return {
      process: describe(seen, another ? undefined : remember(seen.pid, known)),
      later: false,
    }
  }
  const lookUp = (pid: number): Resolution | undefined => {
    const stat = foreignPids ? undefined : files.stat(pid)
    // What was looked up at the start is of processes that were there then: a later one has got the number since.
    if (stat && startedAfter(stat, startedNs)) return undefined
    const uid = files.uid(pid)
    if (stat === undefined || uid === undefined) return undefined
    const { command } = stat
    return resolve({ pid, uid, command, cgroupId: 0n, capturedNs: monotonicNs() })
  }
  return {
    start() {
      startedNs = monotonicNs()
      foreignPids = isForeign(procRoot)
      deps.cgroups.start(deps.wallMs())
      tick()
    },
    tick,
    resolve,
    ofPid(pid) {
      if (!ofPids.has(pid)) ofPids.set(pid, lookUp(pid))
      return ofPids.get(pid)
    },
    counts: () => ({ cached: cache.size, ...counts }),
    reasons: () => [
      ...(foreignPids
        ? ['We run in a pid namespace of our own: programs have no path and command line.']
        : []),
      ...[deps.cgroups.reason()].filter((reason) => reason !== undefined),
    ],
  }
}

/** Whether /proc must be asked: it may have ended or, as its command differs, have been replaced by exec. */
const isStale = (
  { stat, aliveNs }: Known,
  { command, isThread, capturedNs }: SeenProcess,
): boolean => capturedNs > aliveNs + (isThread || command === stat.command ? TRUST_NS : 0)

/** What runtimes call their first thread, which then names the process; the program's file says more. */
const GENERIC_NAMES = new Set(['MainThread', 'main', 'exe'])

const commandOf = ({ command, isThread }: SeenProcess, known: Known | undefined): string => {
  const name = (isThread && known?.stat.command) || command
  if (!known || !GENERIC_NAMES.has(name)) return name
  const { exe, commandLine = '' } = known.facts
  return basename(exe ?? commandLine.split(' ', 1)[0] ?? '') || name
}

/** Same process, same program. A zombie shows no program any more: what was read before stands. */
const isSame = (a: ProcStat, b: ProcStat): boolean =>
  a.startTicks === b.startTicks &&
  (b.state === 'Z' || b.state === 'X' || (a.command === b.command && a.image === b.image))

const isSameCapture = (a: SeenProcess, b: SeenProcess): boolean =>
  a.command === b.command && a.uid === b.uid && a.cgroupId === b.cgroupId

const placeOf = ({ path, container, unit }: OwningCgroup) => ({
  cgroup: path,
  ...(container === undefined ? {} : { container }),
  ...(unit === undefined ? {} : { unit }),
})

const isForeign = (procRoot: string): boolean => {
  try {
    return readlinkSync(`${procRoot}/self/ns/pid`) !== INIT_PID_NAMESPACE
  } catch {
    return false // can't tell: what /proc says is checked against start times anyway
  }
}
