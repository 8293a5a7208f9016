/** How long each program runs under a load, by the kernel's own statistics. */
import { join } from 'node:path'
import type { Setting } from '../rig/benchmark.ts'
import { loadBenchObject } from '../rig/bpf-object.ts'
import { compileBpf } from '../rig/compile.ts'
import type { LineProcess } from '../rig/line-process.ts'
import { median, minimum } from '../rig/statistics.ts'
import { figure, type Row, type Table } from '../rig/table.ts'
import { runProgram } from '../rig/test-run.ts'
import { UDP4 } from '../kernel/corpus.ts'
import type { Attached } from './level.ts'
import type { Load } from './loads.ts'
import { enableRunStats, ownPrograms, type ProgramRuns } from './own-programs.ts'

const EMPTY = join(import.meta.dirname, '../kernel/empty.bpf.c')
const EMPTY_RUNS = 200_000
/** Of a run of the load; less is no part of it. */
const LEAST_RUNS_PER_PIECE = 0.01

interface Sample extends ProgramRuns {
  pieces: number
}

/** What the measuring itself takes, which each of the other figures holds too. */
const measureEmpty = ({ undo, folder }: Setting): number => {
  const { programFd } = loadBenchObject(compileBpf(EMPTY, folder), undo)
  const disable = enableRunStats()
  runProgram(programFd('empty'), UDP4, EMPTY_RUNS)
  disable()
  const { runs = 0, runNs = 0 } = ownPrograms(new Map()).find(({ name }) => name === 'empty') ?? {}
  return runNs / runs
}

const rowOf = (name: string, samples: readonly Sample[]): Row => {
  const nsPerRun = samples.map(({ runNs, runs }) => runNs / runs)
  const perPiece = median(samples.map(({ runs, pieces }) => runs / pieces))
  const us = median(samples.map(({ runNs, pieces }) => runNs / pieces / 1000))
  return {
    name,
    cells: [figure(median(nsPerRun)), figure(minimum(nsPerRun)), figure(perPiece), figure(us)],
  }
}

const sumRow = (rounds: readonly (readonly Sample[])[]): Row => {
  const sums = rounds.map((round) =>
    round.reduce((sum, { runNs, pieces }) => sum + runNs / pieces / 1000, 0),
  )
  return { name: 'all', cells: ['', '', '', figure(median(sums))] }
}

export const measureCosts = async (
  load: Load,
  attacher: LineProcess,
  setting: Setting,
): Promise<Table> => {
  const rounds: Sample[][] = []
  for (let round = 0; round < (setting.quick ? 2 : 7); round++) {
    setting.say(`${load.name}: what the programs take, round ${round + 1}`)
    await attacher.ask('on tracing')
    await load.run(setting.quick ? 1 : 2)
    await attacher.ask('again timed')
    const { pieces } = await load.run(setting.quick ? 1 : 2)
    const { programs } = JSON.parse(await attacher.ask('off')) as Attached
    rounds.push(programs.map((program) => ({ ...program, pieces })))
  }
  const names = [...new Set(rounds.flat().map(({ name }) => name))]
  const rows = names
    .map((name) => ({ name, samples: rounds.flat().filter((sample) => sample.name === name) }))
    .filter(({ samples }) =>
      samples.some(({ runs, pieces }) => runs / pieces >= LEAST_RUNS_PER_PIECE),
    )
    .map(({ name, samples }) => rowOf(name, samples))
  return {
    title: `${load.name}: what each program takes (${rounds.length} rounds, all tiers attached)`,
    columns: ['ns per run', 'min', `runs per ${load.piece}`, `µs per ${load.piece}`],
    rows: [...rows, sumRow(rounds)],
    notes: [
      `Each run holds the kernel's own measuring: an empty program takes ${figure(measureEmpty(setting))} ns by the same clock.`,
      'Both ends of every connection are on this machine: socket programs and tracing run for both, the tc programs at one.',
    ],
  }
}
