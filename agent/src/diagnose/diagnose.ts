/**
 * What this machine can do for NetScope, by trying each thing. The same probe feeds `netscope doctor` and the
 * agent's capabilities: 100 to 300 ms on two busy CPUs, most of them off the event loop. Nothing that it makes outlives it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Diagnosis, DiagnosisArea, DiagnosisCheck } from '@netscope/core/diagnosis.ts'
import { readCgroupPrograms } from './cgroup-hooks.ts'
import { openCgroups } from './cgroups.ts'
import { readHookPrograms } from './hook-programs.ts'
import type { Way } from './hook-order.ts'
import { checkAfXdp, checkInterfaces, checkIproute } from './interface-checks.ts'
import { probeKernel } from './kernel-checks.ts'
import { probeMachine } from './machine-checks.ts'
import { readLinks } from './network-links.ts'
import { readPrivileges, spell } from './privileges.ts'
import { breathe, toCheck, type ProbeContext } from './probe.ts'
import type { System } from './system.ts'
import { readFilters } from './tc-filters.ts'
import { probeTierA } from './tier-a.ts'
import { probeTierB } from './tier-b.ts'
import { probeTierC } from './tier-c.ts'

export interface DiagnoseConfig {
  /** Entries of the flow table. */
  tableSize: number
  /** How we attach, where the kernel leaves us the choice. */
  attach: 'auto' | 'tcx' | 'clsact'
}

const TIME_LIMIT_MS = 3000
/** A host with many containers; the rest is named in a check. */
const MAX_INTERFACES = 512

/** Never rejects; what takes longer than 3 s is reported as unknown. `now`: milliseconds since 1970. */
export const diagnose = async (
  config: DiagnoseConfig,
  system: System,
  now: () => number,
  timeLimitMs = TIME_LIMIT_MS,
): Promise<Diagnosis> => {
  const timeMs = now()
  const privileges = readPrivileges(system)
  const context: ProbeContext = { system, standing: { release: system.release, privileges } }
  const guard = createGuard(performance.now() + timeLimitMs)
  const only = (checks: DiagnosisCheck[]): Part => ({ checks, programs: [], cgroupPrograms: [] })
  const parts: Part[] = []
  const probes: [DiagnosisArea, () => Promise<Part>][] = [
    ['kernel', async () => only(await probeKernel(context))],
    ['tier A', () => probeSockets(context)],
    ['tier B', async () => only(await probeTierB(context))],
    ['tier C', async () => only(await probeTierC(context))],
    ['interfaces', () => probeInterfaces(context, wayOf(config, parts))],
    ['machine', async () => only(await probeMachine(context, config.tableSize))],
  ]
  for (const [area, probe] of probes) {
    await breathe()
    parts.push(await guard(area, probe))
  }
  await Promise.race([system.calls.settle(), sleep(timeLimitMs, undefined, { ref: false })])
  return {
    timeMs,
    kernel: system.release,
    architecture: process.arch,
    user: { uid: system.uid, capabilities: [...privileges.held].map(spell) },
    checks: parts.flatMap(({ checks }) => checks),
    programs: parts.flatMap(({ programs }) => programs),
    cgroupPrograms: parts.flatMap(({ cgroupPrograms }) => cgroupPrograms),
    durationMs: now() - timeMs,
  }
}

type Part = Pick<Diagnosis, 'checks' | 'programs' | 'cgroupPrograms'>

/** Runs a part of the probe; one that fails, or is not done by `deadline`, becomes a check that says so. */
const createGuard =
  (deadline: number) =>
  async (area: DiagnosisArea, probe: () => Promise<Part>): Promise<Part> => {
    const instead = (detail: string): Part => ({
      checks: [toCheck(area, 'probe', { state: 'unknown', detail })],
      programs: [],
      cgroupPrograms: [],
    })
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<Part>((resolve) => {
      const leftMs = Math.max(0, deadline - performance.now())
      timer = setTimeout(() => resolve(instead('it took too long')), leftMs)
    })
    try {
      return await Promise.race([probe(), tooLong])
    } catch (error) {
      return instead(error instanceof Error ? error.message : String(error))
    } finally {
      clearTimeout(timer)
    }
  }

const namespaceOf = (system: System): string => system.readLink('/proc/self/ns/cgroup')

const probeSockets = async (context: ProbeContext): Promise<Part> => {
  const { system } = context
  const cgroups = openCgroups(system, namespaceOf(system))
  try {
    const cgroupPrograms =
      cgroups.root === undefined ? [] : readCgroupPrograms(system.calls, cgroups.root)
    const checks = await probeTierA(context, cgroups, cgroupPrograms)
    return { checks, programs: [], cgroupPrograms }
  } finally {
    cgroups.close()
  }
}

const wayOf = (config: DiagnoseConfig, parts: readonly Part[]): Way => {
  const checks = parts.flatMap(({ checks }) => checks)
  const hasTcx = checks.some(({ name, state }) => name === 'tcx' && state === 'works')
  return config.attach === 'clsact' || !hasTcx ? 'clsact' : 'tcx'
}

const probeInterfaces = async (context: ProbeContext, way: Way): Promise<Part> => {
  const { system } = context
  // One after the other: starting a process stops the event loop for some milliseconds.
  const { links: all, hasIp } = await readLinks(system)
  const filters = await readFilters(system)
  const afXdp = await checkAfXdp(system)
  const links = all.slice(0, MAX_INTERFACES)
  const programs = await readHookPrograms(system, links, filters ?? [], way)
  return {
    checks: [
      ...checkInterfaces(system, links, programs),
      ...checkSeen(context, all.length, filters !== undefined),
      afXdp,
      checkIproute(hasIp, filters !== undefined),
    ],
    programs,
    cgroupPrograms: [],
  }
}

/** What of the hooks could not be looked at. */
const checkSeen = (
  { standing: { privileges } }: ProbeContext,
  interfaces: number,
  hasTc: boolean,
): DiagnosisCheck[] => {
  const { held } = privileges
  const unseen = [
    ...(held.has('net_admin') || held.has('sys_admin')
      ? []
      : ['programs on tcx, netkit and cgroups (CAP_NET_ADMIN)']),
    ...(held.has('sys_admin') ? [] : ['names of programs on tcx and XDP (CAP_SYS_ADMIN)']),
    ...(hasTc ? [] : ['clsact filters (no tc)']),
    ...(interfaces > MAX_INTERFACES ? [`${interfaces - MAX_INTERFACES} interfaces`] : []),
  ]
  return [
    toCheck(
      'interfaces',
      'programs on hooks',
      unseen.length === 0
        ? { state: 'works', detail: 'all could be looked at' }
        : {
            state: 'unknown',
            detail: `not seen: ${unseen.join(', ')}`,
            remedy: 'Run it as root in the network namespace of the host.',
          },
    ),
  ]
}
