/** The whole probe on machines of the tests' making. */
import { describe, expect, it } from 'vitest'
import { tierWorks, type Diagnosis } from '@netscope/core/diagnosis.ts'
import { diagnose } from './diagnose.ts'
import { createFakeSystem, healthyMachine, type FakeMachine } from './fake-system.ts'

const CONFIG = { tableSize: 131_072, attach: 'auto' } as const
const EPERM = -1
const EINVAL = -22

const run = async (machine: FakeMachine, config: Parameters<typeof diagnose>[0] = CONFIG) => {
  const system = createFakeSystem(machine)
  const diagnosis = await diagnose(config, system, () => 1000)
  return { diagnosis, system }
}
const check = ({ checks }: Diagnosis, name: string) => checks.find((one) => one.name === name)
const stateOf = (diagnosis: Diagnosis, name: string) => check(diagnosis, name)?.state

describe('a machine on which everything works', () => {
  it('has nothing but works, and tier A works', async () => {
    const { diagnosis } = await run(healthyMachine())
    expect(diagnosis.checks.filter(({ state }) => state !== 'works')).toEqual([])
    expect(tierWorks(diagnosis.checks, 'tier A')).toBe(true)
    expect([diagnosis.timeMs, diagnosis.kernel, diagnosis.programs]).toEqual([1000, '6.12.1', []])
  })

  it('is left as it was: nothing open, no cgroup', async () => {
    const { system } = await run(healthyMachine())
    expect([system.open(), system.folders()]).toEqual([[], []])
  })

  it('gives every check an id of its own', async () => {
    const { diagnosis } = await run(healthyMachine())
    const ids = diagnosis.checks.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toContain('tier-a.cgroup-sock-ops')
  })
})

describe('without privileges', () => {
  const machine = healthyMachine({
    uid: 1000,
    files: { '/proc/self/status': 'Seccomp:\t0\nCapEff:\t0000000000000000\n' },
    refusals: {
      progLoad: EPERM,
      mapCreate: EPERM,
      btfLoad: EPERM,
      progQuery: EPERM,
      linkCreate: EPERM,
    },
  })

  it('says what could not be tried and which capability it takes', async () => {
    const { diagnosis } = await run(machine)
    expect(check(diagnosis, 'tc program')).toMatchObject({
      state: 'unknown',
      detail: 'not permitted: CAP_BPF and CAP_NET_ADMIN missing',
      remedy: expect.stringContaining('root') as string,
    })
    expect(check(diagnosis, 'function entry (fentry)')?.detail).toContain('CAP_PERFMON')
    expect(check(diagnosis, 'programs on hooks')?.detail).toContain('CAP_NET_ADMIN')
    expect(tierWorks(diagnosis.checks, 'tier A')).toBe(false)
  })

  it('still knows what needs none', async () => {
    const { diagnosis } = await run(machine)
    expect(
      ['release', 'JIT', 'cgroup v2', 'eth0', 'memory', 'drop reasons'].map((name) =>
        stateOf(diagnosis, name),
      ),
    ).toEqual(Array(6).fill('works'))
  })
})

describe('an old kernel', () => {
  const machine = healthyMachine({
    release: '5.10.0-30-amd64',
    types: { tcp_connect: 1, btf_trace_tcp_retransmit_skb: 2 },
    refusals: { 'linkCreate 46': EINVAL, 'linkCreate 54': EINVAL, 'progLoad 26 25': EINVAL },
  })

  it('lacks what came later, with the version that brings it', async () => {
    const { diagnosis } = await run(machine)
    expect(check(diagnosis, 'tcx')).toMatchObject({
      state: 'missing',
      detail: expect.stringContaining('Linux 6.6 brings it') as string,
    })
    expect(check(diagnosis, 'return values (fexit)')?.detail).toContain('5.17')
    expect(check(diagnosis, 'drop reasons')?.state).toBe('missing')
    expect(check(diagnosis, 'locked memory')).toMatchObject({ state: 'limited' })
    expect(tierWorks(diagnosis.checks, 'tier A')).toBe(true)
  })
})

describe('what stands in the way', () => {
  it('lockdown is named where tracing is refused with all capabilities', async () => {
    const { diagnosis } = await run(
      healthyMachine({
        files: { '/sys/kernel/security/lockdown': 'none [integrity] confidentiality' },
        refusals: { 'progLoad 26 24': EPERM },
      }),
    )
    expect(stateOf(diagnosis, 'lockdown')).toBe('limited')
    expect(check(diagnosis, 'function entry (fentry)')?.detail).toContain('lockdown')
  })

  it('a program that lets nobody attach beside it is named with its owner', async () => {
    const { diagnosis } = await run(
      healthyMachine({
        attached: { '* 10': [7] },
        names: { 7: 'cil_sock4_conne' },
        exclusive: true,
      }),
    )
    expect(check(diagnosis, 'cgroup/connect4')).toMatchObject({
      state: 'missing',
      detail: expect.stringContaining('cil_sock4_conne of Cilium') as string,
    })
    expect(diagnosis.cgroupPrograms).toEqual([
      {
        hook: 'connect4',
        position: 1,
        name: 'cil_sock4_conne',
        id: 7,
        owner: 'Cilium',
        exclusive: true,
      },
    ])
  })

  it('without libbpf, tier A does not work', async () => {
    const { diagnosis } = await run(healthyMachine({ libbpf: { missing: 'no such file' } }))
    expect(check(diagnosis, 'libbpf')).toMatchObject({ state: 'missing', detail: 'no such file' })
    expect(tierWorks(diagnosis.checks, 'tier A')).toBe(false)
  })

  it('without the kernel types, tracing by types is missing and the rest goes on', async () => {
    const { diagnosis } = await run(healthyMachine({ types: undefined }))
    expect(stateOf(diagnosis, 'function entry (fentry)')).toBe('missing')
    expect(stateOf(diagnosis, 'raw tracepoint')).toBe('works')
  })

  it('a flow table that takes more than half of the cgroup limit is limited', async () => {
    const files = { '/sys/fs/cgroup/user.slice/memory.max': String(64 << 20) }
    const { diagnosis } = await run(healthyMachine({ files }))
    expect(check(diagnosis, 'memory limit')).toMatchObject({
      state: 'limited',
      detail: expect.stringMatching(/^64 MiB for this cgroup/) as string,
    })
    const smaller = await run(healthyMachine({ files }), { ...CONFIG, tableSize: 1024 })
    expect(stateOf(smaller.diagnosis, 'memory limit')).toBe('works')
  })

  it('where no cgroup may be made, the hooks are loaded only, and said so', async () => {
    const { diagnosis } = await run(healthyMachine({ makeFolder: -13 }))
    expect(check(diagnosis, 'cgroup/sock_ops')).toMatchObject({
      state: 'works',
      detail: 'loads; attaching was not tried: EACCES making a cgroup',
    })
  })
})

describe('a probe', () => {
  it('that throws becomes a check', async () => {
    const system = createFakeSystem(healthyMachine())
    system.run = async () => {
      throw new Error('out of processes')
    }
    const { checks } = await diagnose(CONFIG, system, () => 1000)
    expect(checks.find(({ detail }) => detail === 'out of processes')).toMatchObject({
      area: 'interfaces',
      state: 'unknown',
    })
  })

  it('that hangs becomes a check, and the others are still there', async () => {
    const system = createFakeSystem(healthyMachine())
    system.run = () => new Promise(() => undefined)
    const { checks } = await diagnose(CONFIG, system, () => 1000, 50)
    expect(checks.find(({ detail }) => detail === 'it took too long')?.area).toBe('interfaces')
    expect(checks.find(({ name }) => name === 'tc program')?.state).toBe('works')
  })
})

describe('programs on interfaces', () => {
  it('are listed in the order in which they run, with what they hide', async () => {
    const { diagnosis } = await run(
      healthyMachine({
        programs: {
          'ip -j -d link show':
            '[{"ifindex":2,"ifname":"eth0","xdp":{"mode":1,"prog":{"id":5,"name":"balancer"}}}]',
        },
        attached: { '2 46': [9, 8] },
        names: { 8: 'cil_from_netdev', 9: 'netscope_in' },
      }),
    )
    expect(diagnosis.programs).toEqual([
      expect.objectContaining({ hook: 'xdp', id: 5, name: 'balancer', runsBefore: true }),
      expect.objectContaining({ hook: 'tcx ingress', position: 1, owner: 'NetScope' }),
      expect.objectContaining({
        hook: 'tcx ingress',
        position: 2,
        owner: 'Cilium',
        runsBefore: false,
      }),
    ])
    expect(check(diagnosis, 'eth0')).toMatchObject({
      state: 'limited',
      detail: expect.stringContaining('balancer on xdp and 1 more may hide') as string,
    })
  })
})
