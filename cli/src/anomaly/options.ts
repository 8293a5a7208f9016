/** What the commands of `netscope anomaly` were asked for. */
import { type Command, InvalidArgumentError } from 'commander'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { FEWEST_ROWS } from '@netscope/detect/anomaly/anomaly-model.ts'
import { MAX_SAMPLE } from '@netscope/detect/anomaly/isolation-tree.ts'
import { FOREST_DEFAULTS } from '@netscope/detect/anomaly/isolation-forest.ts'
import { parseMoment } from '../observe/moment.ts'
import { addOutputOptions, type OutputOptions } from '../output/rows.ts'

export interface InputOptions extends OutputOptions {
  model: string
  local: string[]
}

export interface TrainOptions extends InputOptions {
  trees: number
  sample: number
  seed: number
  least?: number
}

export interface ScoreOptions extends InputOptions {
  above: number
  top?: number
}

export interface ExplainOptions extends InputOptions {
  device?: string
  /** Milliseconds since 1970. */
  at?: number
  row?: number
  top: number
}

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`A whole number from ${least} to ${most}.`)
    return value
  }

const parseScore = (text: string): number => {
  const value = Number(text)
  if (text === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('A number from 0 to 1.')
  return value
}

const parseLocal = (text: string, before: string[]): string[] => {
  parsePrefix(text)
  return [...before, text]
}

const parseTime = (text: string): number => {
  const moment = parseMoment(text, Date.now())
  if (moment === undefined) throw new InvalidArgumentError('A time, such as 2026-07-31T12:00.')
  return moment
}

const MOST_ROWS = 20_000_000

const addInputOptions = (command: Command): void => {
  command
    .argument('<file...>', 'flows as JSON lines, or CSV of numbers; - for standard input')
    .requiredOption('-m, --model <file>', 'what was learned')
    .option('--local <prefix>', 'addresses of devices, beside private ones', parseLocal, [])
}

export const addTrainOptions = (command: Command): void => {
  addInputOptions(command)
  command
    .option('--trees <number>', 'of the forest', whole(1, 10_000), FOREST_DEFAULTS.trees)
    .option(
      '--sample <number>',
      'rows that each tree is grown from',
      whole(2, MAX_SAMPLE),
      FOREST_DEFAULTS.sampleSize,
    )
    .option(
      '--seed <number>',
      'the same gives the same forest',
      whole(0, Number.MAX_SAFE_INTEGER),
      FOREST_DEFAULTS.seed,
    )
    .option(
      '--least <number>',
      'rows that a model takes; default: 288 windows, which is a day, of a table 16 rows',
      whole(FEWEST_ROWS, MOST_ROWS),
    )
  addOutputOptions(command, 'only whom a model was made of')
}

export const addScoreOptions = (command: Command): void => {
  addInputOptions(command)
  command
    .option('--above <score>', 'only rows with a higher score', parseScore, 0)
    .option('--top <number>', 'the highest scores only, the highest first', whole(1, MOST_ROWS))
  addOutputOptions(command, 'only device and time, or the number of the row')
}

export const addExplainOptions = (command: Command): void => {
  addInputOptions(command)
  command
    .option('--device <address>', 'only windows of it')
    .option('--at <time>', 'only the window that this time is in', parseTime)
    .option('--row <number>', 'only this row of a table', whole(1, MOST_ROWS))
    .option('--top <number>', 'of these, the highest scores', whole(1, 1000), 1)
  addOutputOptions(command, 'only the names of the features')
}
