/** Every program on every hook of each interface, in the order in which they run. */
import { PROGRAM_HOOKS, type HookProgram, type ProgramHook } from '@netscope/core/diagnosis.ts'
import { queryPrograms } from './cgroup-hooks.ts'
import { judgeOrder, type FoundProgram, type Way } from './hook-order.ts'
import type { NetworkLink } from './network-links.ts'
import { createNameReader } from './program-name.ts'
import { ownerOf } from './program-owner.ts'
import { breathe } from './probe.ts'
import type { System } from './system.ts'
import type { TcFilter } from './tc-filters.ts'
import { LINK_HOOKS } from './tier-c.ts'

/** Interfaces between two turns of the event loop. */
const AT_ONCE = 16

export const readHookPrograms = async (
  system: System,
  links: readonly NetworkLink[],
  filters: readonly TcFilter[],
  way: Way,
): Promise<HookProgram[]> => {
  const nameOf = createNameReader(system.calls)
  const programs: HookProgram[] = []
  for (const [i, link] of links.entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) await breathe()
    const found = [
      ...numbered(link, 'xdp', xdpPrograms(link, nameOf)),
      ...queried(system, link, nameOf),
      ...(['ingress', 'egress'] as const).flatMap((side) =>
        numbered(link, `clsact ${side}`, filterPrograms(link, filters, side)),
      ),
    ]
    const ordered = found.toSorted(
      (a, b) => PROGRAM_HOOKS.indexOf(a.hook) - PROGRAM_HOOKS.indexOf(b.hook),
    )
    programs.push(...judgeOrder(ordered, way))
  }
  return programs
}

type Unplaced = Pick<FoundProgram, 'name' | 'id' | 'priority' | 'inHardware'>

const numbered = (
  link: NetworkLink,
  hook: ProgramHook,
  programs: readonly Unplaced[],
): FoundProgram[] =>
  programs.map((program, index) => {
    const owner = ownerOf(program.name)
    return { interface: link.name, hook, position: index + 1, ...program, ...(owner && { owner }) }
  })

const xdpPrograms = (link: NetworkLink, nameOf: (id: number) => string): Unplaced[] =>
  link.xdp.map(({ id, name, mode }) => ({
    id,
    name: name ?? nameOf(id),
    inHardware: mode === 'offloaded',
  }))

const queried = (
  { calls }: System,
  link: NetworkLink,
  nameOf: (id: number) => string,
): FoundProgram[] => {
  const ask = (hook: ProgramHook, ...attachTypes: number[]) =>
    numbered(
      link,
      hook,
      attachTypes
        .flatMap((type) => queryPrograms(calls, link.ifindex, type)?.ids ?? [])
        .map((id) => ({ id, name: nameOf(id) })),
    )
  const { tcx, netkit } = LINK_HOOKS
  return [
    // Any other interface refuses the question.
    ...(link.kind === 'netkit' ? ask('netkit', netkit.primary, netkit.peer) : []),
    ...ask('tcx ingress', tcx.in),
    ...ask('tcx egress', tcx.out),
  ]
}

const filterPrograms = (
  link: NetworkLink,
  filters: readonly TcFilter[],
  side: TcFilter['side'],
): Unplaced[] =>
  filters
    .filter((filter) => filter.interface === link.name && filter.side === side)
    .toSorted((a, b) => a.priority - b.priority)
    .map(({ name, id, priority, inHardware }) => ({ name, id, priority, inHardware }))
