/** The probe on this very machine, as root: what it says is so, and it leaves nothing behind. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tierWorks, type Diagnosis } from '@netscope/core/diagnosis.ts'
import { parseCgroupMounts } from './cgroup-mounts.ts'
import { diagnose } from './diagnose.ts'
import { createMachineSystem } from './machine-system.ts'
import { createLink, INSTRUCTIONS, loadProgram, PROGRAM_TYPE } from './minimal-program.ts'

const VETH = `nsdoc${process.pid % 100_000}`
const TCX_EGRESS = 47
const CONFIG = { tableSize: 1024, attach: 'auto' } as const
const shell = (command: string) => {
  const [program = '', ...args] = command.split(' ')
  // Blanks within an argument are written as underscores.
  return execFileSync(
    program,
    args.map((arg) => arg.replaceAll('_', ' ')),
    { encoding: 'utf8', stdio: 'pipe' },
  )
}

describe('the probe as root', () => {
  const system = createMachineSystem()
  const openFiles = () => readdirSync('/proc/self/fd').length
  let diagnosis: Diagnosis
  beforeAll(async () => {
    shell(`ip link add ${VETH} type veth peer name ${VETH}p`)
    shell(`tc qdisc add dev ${VETH} clsact`)
    shell(`tc filter add dev ${VETH} ingress pref 5 protocol ip bpf bytecode 1,6_0_0_0 flowid 1:1`)
  })
  afterAll(() => shell(`ip link del ${VETH}`))

  it('finds that tier A works on this kernel', async () => {
    diagnosis = await diagnose(CONFIG, system, Date.now)
    const broken = diagnosis.checks.filter(
      ({ area, state }) => area === 'tier A' && state !== 'works' && state !== 'limited',
    )
    expect(broken).toEqual([])
    expect(tierWorks(diagnosis.checks, 'tier A')).toBe(true)
    expect(diagnosis.checks.find(({ name }) => name === 'lockdown')?.state).not.toBe('unknown')
  })

  it('sees the kind of an interface and the filter on it', () => {
    expect(diagnosis.checks.find(({ name }) => name === VETH)?.detail).toMatch(/^veth, MTU 1500/)
    expect(diagnosis.programs.filter((one) => one.interface === VETH)).toEqual([
      expect.objectContaining({ hook: 'clsact ingress', name: 'bpf', id: 0 }),
    ])
  })

  it('sees a tcx program, where the kernel has tcx, with its name', async () => {
    if (diagnosis.checks.find(({ name }) => name === 'tcx')?.state !== 'works') return
    const { calls } = system
    const program = loadProgram(calls, {
      type: PROGRAM_TYPE.schedCls,
      instructions: INSTRUCTIONS.nothing,
    })
    const link = createLink(
      calls,
      program,
      Number(shell(`cat /sys/class/net/${VETH}/ifindex`)),
      TCX_EGRESS,
    )
    const { programs } = await diagnose(CONFIG, system, Date.now)
    expect(programs.filter((one) => one.interface === VETH)).toContainEqual(
      expect.objectContaining({ hook: 'tcx egress', position: 1, name: 'netscope_probe' }),
    )
    calls.close(link)
    calls.close(program)
    await calls.settle()
  })

  it('leaves no file descriptor and no cgroup behind', async () => {
    await diagnose(CONFIG, system, Date.now)
    const before = openFiles()
    await diagnose(CONFIG, system, Date.now)
    expect(openFiles()).toBeLessThanOrEqual(before)
    const { path } = parseCgroupMounts(shell('cat /proc/self/mountinfo'))
    if (path) expect(existsSync(`${path}/netscope-probe-${process.pid}`)).toBe(false)
  })

  it('knows features of a device by their names', () => {
    expect(system.calls.deviceFeatures(VETH)).toContain('tx-scatter-gather')
    expect(system.calls.deviceFeatures('no-such-device')).toBeUndefined()
  })
})
