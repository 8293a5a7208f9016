/** ns per packet of the kernel program, by BPF_PROG_TEST_RUN. */
import { join } from 'node:path'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { ethernet, ip, udp } from '@netscope/agent/mock/packet.ts'
import { decodePrefix } from '@netscope/core/prefix.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { loadBenchObject } from '../rig/bpf-object.ts'
import { compileBpf } from '../rig/compile.ts'
import { createCountingProgram } from '../rig/counting-program.ts'
import { createManyFlows } from '../rig/many-flows.ts'
import { makePrefixes } from '../rig/prefixes.ts'
import { interleave, median, minimum, pairedRatio } from '../rig/statistics.ts'
import { atMost, figure, type Goal, type Row, type Table } from '../rig/table.ts'
import { runProgram, timeProgram } from '../rig/test-run.ts'
import { CORPUS, UDP4 } from './corpus.ts'

const RANDOM_FLOWS = 16384
/** TC_ACT_SHOT */
const DROPPED = 2

/** Half a millisecond at a time: a round that somebody else's work interrupts is one of many. */
const repeats = ({ quick }: Setting) => ({ rounds: quick ? 9 : 201, repeat: 50_000 })
/** Each of the random flows several times. */
const RANDOM_REPEAT = 100_000

const createPrograms = (setting: Setting) => {
  const { undo, folder } = setting
  const baselines = loadBenchObject(
    compileBpf(join(import.meta.dirname, 'empty.bpf.c'), folder),
    undo,
  )
  const withList = (entries: number) => {
    setting.say(`the program with ${entries} prefixes on its deny list`)
    const program = createCountingProgram({ listEntries: Math.max(entries, 1) }, undo)
    const prefixes = makePrefixes(entries)
    if (entries) program.lists.add('deny', prefixes, entries)
    return { ...program, prefixes }
  }
  return {
    empty: baselines.programFd('empty'),
    least: baselines.programFd('least'),
    none: withList(0),
    thousand: withList(1000),
    million: withList(1_000_000),
  }
}

/** A packet whose source is on the list. */
const blockedPacket = (prefixes: Uint8Array): Uint8Array => {
  const [src = ''] = decodePrefix(prefixes, 5 * PREFIX_BYTES).text.split('/')
  return ethernet(ip({ src, dst: '10.0.0.2' }, udp(40000, 5004, new Uint8Array(18))))
}

type Programs = ReturnType<typeof createPrograms>

const measureFlows = async (setting: Setting, programs: Programs): Promise<Table> => {
  const { rounds, repeat } = repeats(setting)
  const { empty, least, none, thousand, million } = programs
  const blocked = blockedPacket(million.prefixes)
  const many = (program: number | undefined) =>
    createManyFlows(program, RANDOM_FLOWS, setting.folder, setting.undo)
  const random = { rewrite: many(undefined), least: many(least), ours: many(million.ingress) }
  const samples = await interleave(rounds, {
    'empty program': () => timeProgram(empty, UDP4, repeat),
    'floor: one look-up, two additions': () => timeProgram(least, UDP4, repeat),
    'one warm flow, no list': () => timeProgram(none.ingress, UDP4, repeat),
    'one warm flow, 1,000 prefixes': () => timeProgram(thousand.ingress, UDP4, repeat),
    'one warm flow, 1,000,000 prefixes': () => timeProgram(million.ingress, UDP4, repeat),
    'blocked source, 1,000,000 prefixes': () => timeProgram(million.ingress, blocked, repeat),
    'random flows, not counted': () => random.rewrite.timeRandom(RANDOM_REPEAT),
    '16,384 random flows, floor': () => random.least.timeRandom(RANDOM_REPEAT),
    '16,384 random flows, 1,000,000 prefixes': () => random.ours.timeRandom(RANDOM_REPEAT),
  })
  const loop = samples['empty program']
  const floor = samples['floor: one look-up, two additions']
  const toEmpty = (values: number[]) => pairedRatio(values, loop)
  const warm = samples['one warm flow, 1,000,000 prefixes']
  const growth = pairedRatio(warm, samples['one warm flow, no list'])
  const goals: Partial<Record<keyof typeof samples, Goal>> = {
    'one warm flow, 1,000,000 prefixes': atMost(toEmpty(warm), 3.3, ' × empty'),
    'blocked source, 1,000,000 prefixes': atMost(
      toEmpty(samples['blocked source, 1,000,000 prefixes']),
      5,
      ' × empty',
    ),
    '16,384 random flows, 1,000,000 prefixes': atMost(
      toEmpty(samples['16,384 random flows, 1,000,000 prefixes']),
      11,
      ' × empty',
    ),
  }
  const rows = Object.entries(samples).map(([name, values]): Row => {
    const goal = goals[name as keyof typeof samples]
    const cells = [
      figure(median(values)),
      figure(minimum(values)),
      figure(median(values) - median(loop)),
      figure(toEmpty(values)),
      figure(pairedRatio(values, floor)),
    ]
    return { name, cells, ...(goal && { goal }) }
  })
  rows.push({
    name: 'list of 0 → 1,000,000 prefixes',
    cells: ['', '', '', '', figure(growth)],
    goal: atMost(growth, 1.1, ' × without'),
  })
  const expected = runProgram(million.ingress, blocked, 1)
  return {
    title: `ns per packet, 64-byte IPv4 UDP (${rounds} interleaved rounds)`,
    columns: ['median', 'min', 'less the loop', '× empty', '× floor'],
    rows,
    notes: [
      expected === DROPPED
        ? 'The blocked packet was dropped.'
        : `THE BLOCKED PACKET WAS NOT DROPPED: ${expected}`,
    ],
  }
}

const measureCorpus = async (setting: Setting, { empty, million }: Programs): Promise<Table> => {
  const { rounds, repeat } = repeats(setting)
  const entries = Object.entries(CORPUS)
  const ours = await interleave(
    Math.ceil(rounds / 3),
    Object.fromEntries(
      entries.map(([name, packet]) => [name, () => timeProgram(million.ingress, packet, repeat)]),
    ),
  )
  const base = await interleave(
    Math.ceil(rounds / 3),
    Object.fromEntries(
      entries.map(([name, packet]) => [name, () => timeProgram(empty, packet, repeat)]),
    ),
  )
  const rows = entries.map(([name]): Row => {
    const [mine, loop] = [ours[name] ?? [], base[name] ?? []]
    return {
      name,
      cells: [figure(median(mine)), figure(minimum(mine)), figure(median(mine) / median(loop))],
    }
  })
  const mean = (all: Record<string, number[]>) =>
    Object.values(all).reduce((sum, values) => sum + median(values), 0) / entries.length
  rows.push({
    name: 'mean of all kinds',
    cells: [figure(mean(ours)), '', figure(mean(ours) / mean(base))],
  })
  return {
    title: 'The same by kind of packet, 1,000,000 prefixes loaded',
    columns: ['median', 'min', '× empty'],
    rows,
  }
}

export const kernelBenchmark: Benchmark = {
  name: 'kernel',
  description: 'ns per packet of the kernel program by BPF_PROG_TEST_RUN',
  run: async (setting) => {
    const programs = createPrograms(setting)
    return [await measureFlows(setting, programs), await measureCorpus(setting, programs)]
  },
}
