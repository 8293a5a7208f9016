/** What the detectors cost: flow records per second on one core, memory at a million sources. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { DetectorKind } from '@netscope/detect/detector.ts'
import { DETECTORS } from '@netscope/detect/detectors.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { median } from '../rig/statistics.ts'
import { atLeast, atMost, figure, type Row } from '../rig/table.ts'
import { CROWD_PER_SECOND, type CrowdResult } from './crowd-process.ts'
import { createEngine, feed } from './engine-under-test.ts'
import { advance, CROWDS, ordinaryTraffic, WALL_MS } from './traffic.ts'

const RECORDS_PER_SECOND = 200_000
const STATE_MIB = 256
const CROWD = 1_000_000
const WARM_UP_ROUNDS = 2
const CROWD_PROCESS = fileURLToPath(new URL('crowd-process.ts', import.meta.url))

/** Records per second, a tick each `count` of them; the median of `rounds`. */
const ordinarySpeed = (kinds: readonly DetectorKind[], count: number, rounds: number): number => {
  const { engine } = createEngine(kinds)
  const traffic = ordinaryTraffic(count)
  const speeds: number[] = []
  for (let round = 0; round < rounds + WARM_UP_ROUNDS; round++) {
    const seconds = feed(engine, traffic, WALL_MS + (round + 3) * 1000)
    if (round >= WARM_UP_ROUNDS) speeds.push(count / seconds)
    advance(traffic)
  }
  return median(speeds)
}

const measureSpeed = ({ quick, say }: Setting): Row[] => {
  const [count, rounds] = quick ? [20_000, 5] : [100_000, 15]
  const rowOf = (name: string, kinds: readonly DetectorKind[]) => {
    say(`ordinary traffic: ${name}`)
    const speed = ordinarySpeed(kinds, count, rounds)
    return { name, speed, cells: [figure(speed), figure(1e9 / speed)] }
  }
  const all = rowOf('all detectors', DETECTORS)
  return [
    rowOf('no detector', []),
    ...DETECTORS.map((kind) => rowOf(`\`${kind.name}\` alone`, [kind])),
    { ...all, goal: atLeast(all.speed, RECORDS_PER_SECOND, ' records/s') },
  ]
}

const measureCrowd = (name: string, sources: number): Row => {
  const text = execFileSync(
    process.execPath,
    [...process.execArgv, '--expose-gc', CROWD_PROCESS, name, String(sources)],
    { encoding: 'utf8' },
  )
  const { recordsPerSecond, stateMib, detections, open } = JSON.parse(text) as CrowdResult
  return {
    name,
    cells: [figure(recordsPerSecond), figure(stateMib), String(detections), String(open)],
    goal: atMost(stateMib, STATE_MIB, ' MiB'),
  }
}

export const detectBenchmark: Benchmark = {
  name: 'detect',
  description: 'detectors: flow records per second on one core, memory at a million sources',
  async run(setting) {
    const sources = setting.quick ? CROWD / 20 : CROWD
    const crowds = Object.keys(CROWDS).map((name) => {
      setting.say(`${sources} sources: ${name}`)
      return measureCrowd(name, sources)
    })
    return [
      {
        title: 'A site of 2,000 devices, each flow once a second: median',
        columns: ['records/s', 'ns per record'],
        rows: measureSpeed(setting),
        notes: ['By processor time; the tick of each second is within it.'],
      },
      {
        title: `${sources} sources, ${CROWD_PER_SECOND} a second, to one server: all detectors`,
        columns: ['records/s', 'state, MiB', 'detections', 'open'],
        rows: crowds,
        notes: ['state: heap and buffers after garbage collection, less what there was before.'],
      },
    ]
  },
}
