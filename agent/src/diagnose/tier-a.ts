/** Tier A: tc programs for flows and lists, cgroup programs for sockets and their owners, and the maps they need. */
import type { CgroupProgram, DiagnosisCheck } from '@netscope/core/diagnosis.ts'
import { CGROUP_HOOKS, type CgroupHook } from './cgroup-hooks.ts'
import type { Cgroups } from './cgroups.ts'
import type { Version } from './kernel-version.ts'
import { createMap, loadTypes, MAP_FLAG, MAP_TYPE, type MinimalMap } from './minimal-map.ts'
import { createLink, loadProgram, PROGRAM_TYPE } from './minimal-program.ts'
import { judge, type Need, type Outcome } from './outcome.ts'
import { breathe, toCheck, type ProbeContext } from './probe.ts'

const AREA = 'tier A'

const TC: Need = {
  capabilities: ['bpf', 'net_admin'],
  since: [4, 1],
  option: 'CONFIG_NET_CLS_BPF and CONFIG_NET_SCH_INGRESS',
}

interface CgroupProbe {
  hook: CgroupHook
  type: number
  since: Version
}

const { cgroupSkb, cgroupSock, cgroupSockAddr, sockOps } = PROGRAM_TYPE
const CGROUP_PROBES: readonly CgroupProbe[] = [
  { hook: 'sock_ops', type: sockOps, since: [4, 13] },
  { hook: 'connect4', type: cgroupSockAddr, since: [4, 17] },
  { hook: 'connect6', type: cgroupSockAddr, since: [4, 17] },
  { hook: 'sendmsg4', type: cgroupSockAddr, since: [4, 18] },
  { hook: 'sendmsg6', type: cgroupSockAddr, since: [4, 18] },
  { hook: 'recvmsg4', type: cgroupSockAddr, since: [5, 2] },
  { hook: 'recvmsg6', type: cgroupSockAddr, since: [5, 2] },
  { hook: 'sock_create', type: cgroupSock, since: [4, 10] },
  { hook: 'sock_release', type: cgroupSock, since: [5, 9] },
  { hook: 'post_bind4', type: cgroupSock, since: [4, 17] },
  { hook: 'post_bind6', type: cgroupSock, since: [4, 17] },
  { hook: 'skb ingress', type: cgroupSkb, since: [4, 10] },
  { hook: 'skb egress', type: cgroupSkb, since: [4, 10] },
]

interface MapProbe {
  name: string
  map: MinimalMap
  since: Version
  needsTypes?: true
}

const PAGE_BYTES = 65_536 // of the largest pages that Linux has
const MAP_PROBES: readonly MapProbe[] = [
  {
    name: 'hash map',
    map: { type: MAP_TYPE.hash, keyBytes: 40, valueBytes: 4, entries: 1 },
    since: [3, 19],
  },
  {
    name: 'array read in place',
    map: { type: MAP_TYPE.array, keyBytes: 4, valueBytes: 8, entries: 1, flags: MAP_FLAG.mmapable },
    since: [5, 5],
  },
  {
    name: 'prefix map',
    map: {
      type: MAP_TYPE.lpmTrie,
      keyBytes: 20,
      valueBytes: 4,
      entries: 1,
      flags: MAP_FLAG.noPreallocation,
    },
    since: [4, 11],
  },
  {
    name: 'ring buffer',
    map: { type: MAP_TYPE.ringBuffer, keyBytes: 0, valueBytes: 0, entries: PAGE_BYTES },
    since: [5, 8],
  },
  {
    name: 'socket storage',
    map: {
      type: MAP_TYPE.socketStorage,
      keyBytes: 4,
      valueBytes: 8,
      entries: 0,
      flags: MAP_FLAG.noPreallocation | MAP_FLAG.clone,
    },
    since: [5, 4],
    needsTypes: true,
  },
]

/** Loads each kind of program and attaches those of cgroups to an empty cgroup; `present` are others' programs. */
export const probeTierA = async (
  context: ProbeContext,
  cgroups: Cgroups,
  present: readonly CgroupProgram[],
): Promise<DiagnosisCheck[]> => {
  const checks = [
    probeLibbpf(context),
    toCheck(AREA, 'cgroup v2', cgroups.outcome),
    await probeTc(context),
  ]
  for (const probe of CGROUP_PROBES) {
    checks.push(await probeCgroupHook(context, cgroups, present, probe))
    await breathe()
  }
  return [...checks, ...(await probeMaps(context))]
}

const probeLibbpf = ({ system: { libbpf } }: ProbeContext): DiagnosisCheck =>
  toCheck(
    AREA,
    'libbpf',
    'version' in libbpf
      ? { state: 'works', detail: libbpf.version }
      : {
          state: 'missing',
          detail: libbpf.missing,
          remedy: 'Install libbpf 1.0 or newer: `apt-get install libbpf1`.',
        },
  )

const probeTc = async ({ system: { calls }, standing }: ProbeContext): Promise<DiagnosisCheck> => {
  const program = loadProgram(calls, { type: PROGRAM_TYPE.schedCls })
  if (program >= 0) calls.close(program)
  return toCheck(AREA, 'tc program', judge(program, 'loads', TC, standing))
}

const probeCgroupHook = async (
  { system: { calls }, standing }: ProbeContext,
  { empty }: Cgroups,
  present: readonly CgroupProgram[],
  { hook, type, since }: CgroupProbe,
): Promise<DiagnosisCheck> => {
  const need: Need = { capabilities: ['bpf', 'net_admin'], since, option: 'CONFIG_CGROUP_BPF' }
  const attachType = CGROUP_HOOKS[hook]
  const program = loadProgram(calls, { type, attachType })
  const name = `cgroup/${hook}`
  if (program < 0) return toCheck(AREA, name, judge(program, '', need, standing))
  const blocking = present.find((other) => other.hook === hook && other.exclusive)
  const outcome =
    'reason' in empty
      ? { state: 'works' as const, detail: `loads; attaching was not tried: ${empty.reason}` }
      : await attachToEmpty(calls, program, empty.fd, attachType, need, standing)
  calls.close(program)
  return toCheck(AREA, name, blocking ? blockedBy(blocking) : outcome)
}

const attachToEmpty = async (
  calls: ProbeContext['system']['calls'],
  program: number,
  group: number,
  attachType: number,
  need: Need,
  standing: ProbeContext['standing'],
): Promise<Outcome> => {
  const link = createLink(calls, program, group, attachType)
  if (link >= 0) calls.close(link)
  return judge(link, 'loads and attaches', need, standing)
}

const blockedBy = ({ name, id, owner }: CgroupProgram): Outcome => ({
  state: 'missing',
  detail: `program ${id} ${name}${owner ? ` of ${owner}` : ''} sits on the root and lets nobody attach beside it`,
  remedy: 'Have its owner attach it with BPF_F_ALLOW_MULTI, or detach it.',
})

const probeMaps = async ({
  system: { calls },
  standing,
}: ProbeContext): Promise<DiagnosisCheck[]> => {
  const types = loadTypes(calls)
  const need = (since: Version): Need => ({
    capabilities: ['bpf'],
    since,
    option: 'CONFIG_BPF_SYSCALL',
  })
  const checks = [
    toCheck(AREA, 'types of our own (BTF)', judge(types, 'load', need([4, 18]), standing)),
  ]
  for (const { name, map, since, needsTypes } of MAP_PROBES) {
    const result = needsTypes && types < 0 ? types : createMap(calls, map, needsTypes && types)
    checks.push(toCheck(AREA, name, judge(result, 'can be made', need(since), standing)))
    if (result >= 0) calls.close(result)
  }
  if (types >= 0) calls.close(types)
  return checks
}
