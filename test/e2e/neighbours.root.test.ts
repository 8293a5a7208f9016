/** Programs of others on the same interface run, before or after ours, and stay when we go. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kernelAtLeast } from '../../agent/src/kernel/bpf-object.ts'
import { createLab, HERE, sleep, THERE, until, type Lab } from './lab.ts'

const SOURCE = join(import.meta.dirname, 'neighbour.bpf.c')

/** As many packets to the second host as the neighbour's program sees; it is on ingress and egress. */
const PINGS = 20

const machine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as 'x64' | 'arm64']

/** Compiles the neighbour's program into `folder`; returns the object's path. */
const buildNeighbour = (folder: string): string => {
  const object = join(folder, 'neighbour.o')
  const include = `-I/usr/include/${machine}-linux-gnu`
  execFileSync('clang', ['-O2', '-g', '-target', 'bpf', include, '-c', SOURCE, '-o', object])
  return object
}

describe.each(['tcx', 'clsact'])(
  'a neighbour on the same interface, with our programs on %s',
  (way) => {
    let lab: Lab
    let object = ''

    beforeEach(() => {
      lab = createLab()
      lab.up()
      object = buildNeighbour(lab.folder)
    })
    afterEach(() => lab.down(), 60_000)

    const attachNeighbour = () => {
      lab.here(`tc qdisc add dev ${HERE.interface} clsact 2>/dev/null || true`)
      for (const side of ['ingress', 'egress']) {
        lab.here(`tc filter add dev ${HERE.interface} ${side} pref 50 bpf da obj ${object} sec tc`)
      }
    }
    const neighbourIsAttached = () =>
      ['ingress', 'egress'].every((side) =>
        lab.here(`tc filter show dev ${HERE.interface} ${side}`).includes('neighbour'),
      )
    /** Sum of the counters of both of its programs. */
    const seenByNeighbour = (): number => {
      const ids = ['ingress', 'egress'].flatMap((side) =>
        [
          ...lab
            .here(`tc filter show dev ${HERE.interface} ${side}`)
            .matchAll(/neighbour\S* direct-action.* id (\d+)/g),
        ].map((match) => match[1]),
      )
      return ids.reduce((sum, id) => {
        const [program] = [
          JSON.parse(
            execFileSync('bpftool', ['-j', 'prog', 'show', 'id', String(id)], { encoding: 'utf8' }),
          ) as { map_ids: number[] },
        ]
        const dump = execFileSync(
          'bpftool',
          ['-j', 'map', 'dump', 'id', String(program.map_ids[0])],
          { encoding: 'utf8' },
        )
        const [entry] = JSON.parse(dump) as { formatted: { value: number } }[]
        return sum + (entry?.formatted.value ?? 0)
      }, 0)
    }
    const counted = () => {
      const [flow] = lab.flows(`ip=${THERE.v4}&protocol=ICMP`).flows
      return (flow?.srcPackets ?? 0) + (flow?.dstPackets ?? 0)
    }
    const start = () => lab.netscope({ NETSCOPE_NETWORK_ATTACH: way })

    it.each(['before', 'after'])(
      'that came %s us sees every packet, and so do we',
      async (when) => {
        if (when === 'before') attachNeighbour()
        await start()
        if (when === 'after') attachNeighbour()
        await sleep(500)
        const before = seenByNeighbour()
        lab.here(`ping -c ${PINGS} -i 0.02 ${THERE.v4}`)
        await until(counted, (packets) => packets === 2 * PINGS)
        expect(seenByNeighbour() - before).toBeGreaterThanOrEqual(2 * PINGS)
      },
    )

    it('stays when we stop, and when we are killed and start again', async () => {
      attachNeighbour()
      const netscope = await start()
      const [agent] = lab.pids('agent/src/main.ts')
      process.kill(agent ?? 0, 'SIGKILL')
      await until(
        () => lab.pids('agent/src/main.ts'),
        (pids) => pids.length > 0 && pids[0] !== agent,
      )
      await until(
        () => lab.get('/ready'),
        (text) => text.includes('"agentConnected":true'),
      )
      const ours = () =>
        ['ingress', 'egress'].map(
          (side) =>
            (lab.here(`tc filter show dev ${HERE.interface} ${side}`).match(/netscope_/g) ?? [])
              .length,
        )
      await until(ours, (counts) => counts.every((count) => count <= 2))
      netscope.kill('SIGTERM')
      await until(
        () => netscope.exitCode,
        (code) => code !== null,
      )
      expect(neighbourIsAttached()).toBe(true)
      expect(ours()).toEqual([0, 0])
      expect(() =>
        execFileSync('sh', [
          '-c',
          `bpftool -j net show dev ${HERE.interface} 2>/dev/null | grep netscope_`,
        ]),
      ).toThrow()
    })

    it('leaves no trace on an interface that had nothing before', async () => {
      const netscope = await start()
      netscope.kill('SIGTERM')
      await until(
        () => netscope.exitCode,
        (code) => code !== null,
      )
      expect(lab.here(`tc qdisc show dev ${HERE.interface}`)).not.toContain('clsact')
    })
  },
)

/** bpf(2) has had tcx since Linux 6.6. */
describe.skipIf(!kernelAtLeast(6, 6))('a neighbour on tcx', () => {
  let lab: Lab
  beforeEach(() => {
    lab = createLab()
    lab.up()
  })
  afterEach(() => lab.down(), 60_000)

  it.each([
    ['before us, at the head', 'first', true],
    ['before us, at the tail', 'last', true],
    ['after us, at the head', 'first', false],
    ['after us, at the tail', 'last', false],
  ])('that came %s of the chain, runs, and we count', async (_name, place, early) => {
    const object = buildNeighbour(lab.folder)
    if (!early) await lab.netscope()
    const script = join(import.meta.dirname, 'attach-tcx.ts')
    const neighbour = lab.startHere(
      `${join(import.meta.dirname, '../../bin/node')} ${script} ${object} ${HERE.interface} ${place}`,
    )
    let seen = 0
    neighbour.stdout?.on('data', (text) => (seen = Number(String(text).trim().split('\n').at(-1))))
    await once(neighbour.stdout ?? neighbour, 'data')
    if (early) await lab.netscope()
    const before = seen
    lab.here(`ping -c ${PINGS} -i 0.02 ${THERE.v4}`)
    await until(
      () => lab.flows(`ip=${THERE.v4}&protocol=ICMP`).flows[0],
      (flow) => flow?.srcPackets === PINGS && flow.dstPackets === PINGS,
    )
    await until(
      () => seen - before,
      (packets) => packets >= 2 * PINGS,
    )
  })
})
