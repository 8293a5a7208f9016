/** What `netscope doctor` finds out about a machine; the agent tells the same of its own. */

/** In the order in which they are shown. */
export const DIAGNOSIS_AREAS = [
  'kernel',
  'tier A',
  'tier B',
  'tier C',
  'interfaces',
  'machine',
] as const
export type DiagnosisArea = (typeof DIAGNOSIS_AREAS)[number]

/** `unknown`: it could not be tried, and `detail` says why. */
export type CheckState = 'works' | 'limited' | 'missing' | 'unknown'

/** One thing that was tried. */
export interface DiagnosisCheck {
  /** Does not change between releases: `tier-a.sock-ops`. */
  id: string
  area: DiagnosisArea
  name: string
  state: CheckState
  /** What was found; where it does not work, why not. */
  detail: string
  /** What would make it work. */
  remedy?: string
}

export const PROGRAM_HOOKS = [
  'xdp',
  'netkit',
  'tcx ingress',
  'clsact ingress',
  'tcx egress',
  'clsact egress',
] as const
export type ProgramHook = (typeof PROGRAM_HOOKS)[number]

/** One program on a hook of one interface, anybody's. */
export interface HookProgram {
  interface: string
  hook: ProgramHook
  /** 1 runs first on this hook. */
  position: number
  /** Empty where looking it up is not permitted (CAP_SYS_ADMIN). */
  name: string
  /** The kernel's number of the program; 0 for a filter that is none, such as flower. */
  id: number
  /** Whose it is, by its name. */
  owner?: string
  /** Whether packets pass it before they pass ours, which runs there or would. */
  runsBefore: boolean
  /** Why it may keep packets from us. */
  hides?: string
}

/** One program on a hook of the root of cgroup v2. */
export interface CgroupProgram {
  /** `connect4` */
  hook: string
  position: number
  name: string
  id: number
  owner?: string
  /** Attached so that nobody can attach beside it: ours are refused on this hook. */
  exclusive: boolean
}

export interface Diagnosis {
  /** Milliseconds since 1970. */
  timeMs: number
  /** `6.1.0-18-amd64` */
  kernel: string
  /** Of Node: `x64` */
  architecture: string
  /** Of the process that tried. */
  user: { uid: number; capabilities: string[] }
  checks: DiagnosisCheck[]
  programs: HookProgram[]
  cgroupPrograms: CgroupProgram[]
  /** How long it took. */
  durationMs: number
}

/** A tier works when everything in it does, with limits or without. */
export const tierWorks = (checks: readonly DiagnosisCheck[], tier: DiagnosisArea): boolean => {
  const own = checks.filter(({ area }) => area === tier)
  return own.length > 0 && own.every(({ state }) => state === 'works' || state === 'limited')
}
