/** `netscope anomaly`: what is unusual in a history of flows, or in any table of numbers, by Isolation Forests. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { NetscopeError } from '@netscope/core/errors.ts'
import { ALL, modelsText, readModels, type Models } from '@netscope/detect/anomaly/model-text.ts'
import { windowOf } from '@netscope/detect/anomaly/window-columns.ts'
import { writeLines } from '../observe/printer.ts'
import { printable, printableJson } from '../output/printable.ts'
import { printRows } from '../output/rows.ts'
import { formatTable } from '../output/table.ts'
import { EXIT_CODES } from '../report.ts'
import { explainJudged, judgeRows, trainModels, type Judged, type Learned } from './judge-rows.ts'
import { CAUSE_COLUMNS, idOf, judgedColumns, judgedJson } from './judged-rows.ts'
import {
  addExplainOptions,
  addScoreOptions,
  addTrainOptions,
  type ExplainOptions,
  type ScoreOptions,
  type TrainOptions,
} from './options.ts'
import { fileError, readInput, type Input } from './read-input.ts'

const HELP = `
Of flows, every five minutes of each device are a row of 14 numbers (bytes, packets, flows, peers, ports, failures, DNS, time of day); each
device with a day of them gets a model of its own, and all together one for those that have less. Scores are 0 to 1: about 0.4 is
ordinary. No server and no privilege is needed.

Examples:
  netscope flows --since 7d --last 100000 --output json > week.json
  netscope anomaly train week.json --model week.model
  netscope replay today.pcap | netscope anomaly score - --model week.model --above 0.6
  netscope anomaly explain today.json --model week.model --device 192.168.1.20
  netscope anomaly train readings.csv --model readings.model

${EXIT_CODES}`

const note = (text: string): void => void process.stderr.write(`netscope: ${printable(text)}\n`)

const read = async (
  files: readonly string[],
  local: readonly string[],
  peers?: Models['peers'],
): Promise<Input> => {
  const input = await readInput(files, local, peers)
  input.notes.forEach(note)
  return input
}

const readModelFile = (path: string): Models => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw fileError(path, error)
  }
  return readModels(text, path)
}

/** Whole or not at all: the model before stays until this one is there. */
const writeModelFile = (path: string, models: Models): void => {
  writeFileSync(`${path}.part`, modelsText(models))
  renameSync(`${path}.part`, path)
}

/** A day of windows: so that day and night are known. */
const LEAST = { flows: 288, table: 16 } as const

const train = async (files: string[], options: TrainOptions): Promise<void> => {
  const input = await read(files, options.local)
  const least = options.least ?? LEAST[input.kind]
  const settings = { trees: options.trees, sampleSize: options.sample, seed: options.seed }
  const trained = trainModels(input, settings, least)
  writeModelFile(options.model, trained)
  const nameOf = ({ of }: Learned) => (of === ALL ? 'all' : of)
  const rows =
    options.output === 'quiet' ? trained.learned.filter(({ isModel }) => isModel) : trained.learned
  await printRows(process.stdout, rows, options.output, {
    columns: [
      { title: 'OF', text: nameOf },
      { title: 'LEARNED', right: true, text: (learned) => String(learned.rows) },
      {
        title: 'MODEL',
        text: ({ isModel, rows: had }) => (isModel ? 'yes' : `needs ${least - had} more`),
      },
    ],
    id: nameOf,
  })
}

const byScore = (judged: readonly Judged[]): Judged[] =>
  judged.toSorted((a, b) => (b.score ?? -1) - (a.score ?? -1) || a.row - b.row)

const score = async (files: string[], options: ScoreOptions): Promise<void> => {
  const models = readModelFile(options.model)
  const input = await read(files, options.local, models.peers)
  const judged = judgeRows(models, input, options.model)
  const wanted = judged.filter((row) => options.above === 0 || (row.score ?? 0) > options.above)
  const chosen = options.top === undefined ? wanted : byScore(wanted).slice(0, options.top)
  const shown = chosen.map((row) =>
    (row.score ?? 0) > WORTH_A_REASON ? explainJudged(models, input, row, options.model) : row,
  )
  const unknown = judged.filter((row) => row.score === undefined).length
  if (unknown > 0) note(`${unknown} rows have no score: nothing is known of their devices yet`)
  if (options.output === 'json')
    return writeLines(process.stdout, shown.map(judgedJson).map(printableJson))
  const columns = judgedColumns(shown, Date.now())
  await printRows(process.stdout, shown, options.output, { columns, id: idOf })
}

/** Below it there is nothing to explain. */
const WORTH_A_REASON = 0.5

const isWanted = ({ device, at, row }: ExplainOptions, judged: Judged): boolean =>
  (device === undefined || judged.device === device) &&
  (at === undefined || windowOf(at) === windowOf(judged.startMs)) &&
  (row === undefined || judged.row === row)

const explanation = (judged: Judged, width: number): string[] => {
  const { score: value, usual, model, causes } = judged
  const compared = model === 'all' ? 'all that was learned' : 'what was learned of it'
  return [
    `${printable(idOf(judged))}: score ${value?.toFixed(3)}; 99.9 % of ${compared} has at most ${usual.toFixed(3)}`,
    ...formatTable(CAUSE_COLUMNS, causes, width),
  ]
}

const explain = async (files: string[], options: ExplainOptions): Promise<void> => {
  const { stdout } = process
  const models = readModelFile(options.model)
  const input = await read(files, options.local, models.peers)
  const judged = judgeRows(models, input, options.model).filter((row) => isWanted(options, row))
  const known = judged.filter((row) => row.score !== undefined)
  if (known.length === 0) {
    const isThere = judged.length > 0
    const reason = isThere ? 'nothing is known of it yet, it has no model' : 'no row is like that'
    throw new NetscopeError('anomaly.nothing', { reason })
  }
  const shown = byScore(known)
    .slice(0, options.top)
    .map((row) => explainJudged(models, input, row, options.model))
  if (options.output === 'json') return writeLines(stdout, shown.map(judgedJson).map(printableJson))
  if (options.output === 'quiet')
    return writeLines(
      stdout,
      shown.flatMap(({ causes }) => causes.map(({ column }) => printable(column.name))),
    )
  await writeLines(
    stdout,
    shown.flatMap((row) => explanation(row, stdout.columns ?? Infinity)),
  )
}

export const registerAnomaly = (program: Command): void => {
  const anomaly = program
    .command('anomaly')
    .description('Find what is unusual in a history of flows, or in a table')
    .addHelpText('after', HELP)
  const of = (name: string, description: string): Command =>
    anomaly.command(name).description(description)
  const training = of('train', 'Learn what is usual, into a file')
  addTrainOptions(training)
  training.action(train)
  const scoring = of('score', 'How unusual each window or row is')
  addScoreOptions(scoring)
  scoring.action(score)
  const explaining = of('explain', 'Which numbers made a score, beside what is usual')
  addExplainOptions(explaining)
  explaining.action(explain)
}
