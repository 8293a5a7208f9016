/** Which programs run before ours, and which may keep packets from us. */
import type { HookProgram, ProgramHook } from '@netscope/core/diagnosis.ts'
import { REDIRECTS } from './program-owner.ts'

export type Way = 'tcx' | 'clsact'

/** A program where it was found. */
export interface FoundProgram extends Omit<HookProgram, 'runsBefore' | 'hides'> {
  /** Of a clsact filter. */
  priority?: number
  /** The NIC runs it. */
  inHardware?: boolean
}

/** The first of our priorities (agent/src/kernel/attach.ts). */
const OWN_PRIORITY = 10

/** `way`: how we attach to this kernel, where we are not attached yet. All programs are of one interface. */
export const judgeOrder = (programs: readonly FoundProgram[], way: Way): HookProgram[] =>
  programs.map((program) => {
    const runsBefore = isBefore(program, programs, way)
    const hides = whyHidden(program, runsBefore)
    const { priority: _priority, inHardware: _inHardware, ...shown } = program
    return { ...shown, runsBefore, ...(hides && { hides }) }
  })

const sideOf = (hook: ProgramHook) => hook.split(' ')[1]

const isBefore = (program: FoundProgram, programs: readonly FoundProgram[], way: Way): boolean => {
  if (program.hook === 'xdp' || program.hook === 'netkit') return true
  const own = programs.find(
    ({ owner, hook }) => owner === 'NetScope' && sideOf(hook) === sideOf(program.hook),
  )
  const ownWay = own?.hook.split(' ')[0] ?? way
  const itsWay = program.hook.split(' ')[0]
  // tcx programs run before all clsact filters of their side.
  if (itsWay !== ownWay) return itsWay === 'tcx'
  if (own) return program.position < own.position
  // We attach in front of the tcx programs that are there.
  return itsWay === 'clsact' && (program.priority ?? 0) < OWN_PRIORITY
}

const whyHidden = (program: FoundProgram, runsBefore: boolean): string | undefined => {
  const { hook, owner, inHardware } = program
  if (owner === 'NetScope') return undefined
  if (inHardware) return 'it runs in the NIC: what it handles there never reaches the kernel'
  if (hook === 'xdp')
    return 'what it drops, sends back or redirects (also to AF_XDP sockets) never reaches us'
  if (hook === 'netkit') return 'what it redirects passes the tcx hooks of this interface by'
  if (runsBefore) {
    return hook.startsWith('clsact')
      ? 'what it drops, redirects or accepts for good (TC_ACT_OK) never reaches us'
      : 'what it drops, redirects or accepts for good (TCX_PASS) never reaches us'
  }
  if (owner !== undefined && REDIRECTS.has(owner))
    return 'what it passes straight to another interface is counted here, but not there'
  return undefined
}
