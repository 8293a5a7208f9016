/** Tier C: links that end with their process and have a position beside others' programs. */
import type { DiagnosisCheck } from '@netscope/core/diagnosis.ts'
import { ERRNO } from './errno.ts'
import type { Version } from './kernel-version.ts'
import { createLink, loadProgram, PROGRAM_TYPE } from './minimal-program.ts'
import { judge, type Need, type Outcome } from './outcome.ts'
import { toCheck, type ProbeContext } from './probe.ts'

const AREA = 'tier C'
/** No interface has this index: a kernel that knows the hook says ENODEV, one that doesn't EINVAL. */
const NO_INTERFACE = 0x7fff_fff0

/** enum bpf_attach_type */
export const LINK_HOOKS = {
  tcx: { in: 46, out: 47 },
  netkit: { primary: 54, peer: 55 },
} as const

const PROBES: readonly { name: string; attachType: number; since: Version; option: string }[] = [
  { name: 'tcx', attachType: LINK_HOOKS.tcx.in, since: [6, 6], option: 'CONFIG_NET_XGRESS' },
  {
    name: 'netkit',
    attachType: LINK_HOOKS.netkit.primary,
    since: [6, 7],
    option: 'CONFIG_NETKIT',
  },
]

/** What is lost without it. */
const WITHOUT: Readonly<Record<string, string>> = {
  tcx: 'clsact filters count the same, but survive a kill -9 until the next start',
  netkit: 'nothing is lost: then there are no netkit interfaces either',
}

export const probeTierC = async ({
  system: { calls },
  standing,
}: ProbeContext): Promise<DiagnosisCheck[]> => {
  const program = loadProgram(calls, { type: PROGRAM_TYPE.schedCls })
  const checks = PROBES.map(({ name, attachType, since, option }) => {
    const need: Need = { capabilities: ['bpf', 'net_admin'], since, option }
    const result = program < 0 ? program : createLink(calls, program, NO_INTERFACE, attachType)
    const outcome =
      result === ERRNO.ENODEV
        ? { state: 'works' as const, detail: 'the kernel has it' }
        : judge(result, 'attaches', need, standing)
    return toCheck(AREA, name, withLoss(name, outcome))
  })
  if (program >= 0) calls.close(program)
  return checks
}

const withLoss = (name: string, outcome: Outcome): Outcome => {
  if (outcome.state !== 'missing') return outcome
  const { remedy, ...rest } = outcome
  const detail = `${outcome.detail}; ${WITHOUT[name]}`
  // Nobody needs another kernel for interfaces that he doesn't have.
  return { ...rest, detail, ...(name !== 'netkit' && remedy !== undefined && { remedy }) }
}
