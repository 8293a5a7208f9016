/** How we are attached, and that nothing of ours is left: after a stop, and after a kill -9 and the next start. */
import { spawnSync } from 'node:child_process'
import { release } from 'node:os'
import { kernelAtLeast } from '../../../agent/src/kernel/bpf-object.ts'
import { createKernelSource, type KernelSource } from '../../../agent/src/kernel/kernel-source.ts'
import { AGENT_CAPABILITIES } from '../../../cli/src/up/capabilities.ts'
import { asAccount, withLockedMemory } from '../../../cli/src/up/privileges.ts'
import { loadedPrograms, whatIsAttached } from './attached.ts'
import { equal, sleep, type Checks } from './checks.ts'
import { TUNNEL, VETH } from './link.ts'
import { TUN } from './tun.ts'

const NOBODY = { user: 'nobody', uid: 65534, gid: 65534 }
const IN_AND_OUT = ['netscope_in', 'netscope_out']
/** The kernel frees programs and links a moment after their last user has gone. */
const FREED_WITHIN_MS = 3000

export const createSource = (): KernelSource =>
  createKernelSource({
    interfaces: [VETH, TUNNEL, TUN],
    exclude: [],
    attach: 'auto',
    sshPorts: [22],
    tableSize: 4096,
    listEntries: 10_000,
    quietPort: 0,
  })

/** tcx has come with Linux 6.6. */
const way = (): 'tcx' | 'clsact' => (kernelAtLeast(6, 6) ? 'tcx' : 'clsact')

/** Whether a tunnel's arriving packets begin with the inner header (agent/src/kernel/interfaces.ts). */
export const tunnelsAreRead = (): boolean => kernelAtLeast(5, 14)

const LEFT_ALONE = 'left alone'
const waysOf = (source: KernelSource) =>
  source
    .interfaces()
    .map(({ name, attached }) => `${name}: ${attached ?? LEFT_ALONE}`)
    .toSorted()
const expectedWays = () => [
  `${TUNNEL}: ${tunnelsAreRead() ? way() : LEFT_ALONE}`,
  `${TUN}: ${way()}`,
  `${VETH}: ${way()}`,
]

export const checkAttached = (
  { check }: Checks,
  source: KernelSource,
  ifindex: number,
): Promise<void> =>
  check(`attached by ${way()}, and by nothing else`, () => {
    equal(waysOf(source), expectedWays())
    equal(
      whatIsAttached(VETH, ifindex),
      way() === 'tcx'
        ? { clsact: [], clsactQdisc: false, tcx: [1, 1] }
        : { clsact: IN_AND_OUT, clsactQdisc: true, tcx: undefined },
    )
  })

const nothing = () => ({
  clsact: [],
  clsactQdisc: false,
  tcx: way() === 'tcx' ? [0, 0] : undefined,
})

const waitForPrograms = async (expected: number): Promise<void> => {
  const end = performance.now() + FREED_WITHIN_MS
  while (loadedPrograms() !== expected && performance.now() < end) await sleep(50)
  equal(loadedPrograms(), expected)
}

export const checkStopped = (
  { check }: Checks,
  ifindex: number,
  programsBefore: number,
): Promise<void> =>
  check('after a stop nothing of ours is left: no filter, qdisc, link or program', async () => {
    equal(whatIsAttached(VETH, ifindex), nothing())
    await waitForPrograms(programsBefore)
  })

/** Starts a source as the agent does, with its capabilities only, and dies while attached. */
export const runKilled = async (): Promise<void> => {
  const source = createSource()
  await source.start()
  process.stdout.write(waysOf(source).join(), () => process.kill(process.pid, 'SIGKILL'))
}

export const checkKilled = async ({ check }: Checks, ifindex: number): Promise<void> => {
  const programsBefore = loadedPrograms()
  await check('an agent with its three capabilities loads and attaches; it is killed', () => {
    const script = process.argv[1] ?? ''
    const [program, ...rest] = withLockedMemory(
      asAccount(NOBODY, AGENT_CAPABILITIES, [process.execPath, script, 'killed']),
      release(),
    )
    const { signal, stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8' })
    equal(
      { signal, stdout, stderr },
      { signal: 'SIGKILL', stdout: expectedWays().join(), stderr: '' },
    )
  })
  await check(
    'the next start removes what the killed one has left, and attaches once',
    async () => {
      const leftBehind = way() === 'clsact' ? IN_AND_OUT : []
      if (way() === 'tcx') await waitForPrograms(programsBefore)
      equal(whatIsAttached(VETH, ifindex).clsact, leftBehind)
      const source = createSource()
      await source.start()
      equal(whatIsAttached(VETH, ifindex).clsact, leftBehind)
      await source.stop()
      // The empty clsact qdisc stays: nothing tells whether the killed agent had made it.
      equal(whatIsAttached(VETH, ifindex), { ...nothing(), clsactQdisc: way() === 'clsact' })
      await waitForPrograms(programsBefore)
    },
  )
}
