/**
 * `npm run eval -- DIR [--save]`: replays a folder of captures with a truth table; prints tables, then one line of JSON.
 * --save puts the figures into docs/reference/detection.md. Exit code 0 when each attack was found, once, and nothing else.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { evaluate, type Outcome } from './evaluate.ts'
import { NoTruthError, readTruth } from './truth-table.ts'
import { scoreOf } from './score.ts'
import { showOutcomes, showScore } from './show.ts'
import { referencePage, RESULTS_FILE, REFERENCE_FILE, type Results } from './reference-page.ts'

const run = async (folder: string, save: boolean): Promise<number> => {
  const outcomes: Outcome[] = []
  for (const truth of readTruth(folder)) {
    if (existsSync(join(folder, truth.file))) outcomes.push(await evaluate(folder, truth))
    else process.stderr.write(`${truth.file} is in the truth table, but not in the folder\n`)
  }
  const score = scoreOf(outcomes)
  console.log(`${showOutcomes(outcomes)}\n\n${showScore(score)}\n`)
  console.log(JSON.stringify({ score, outcomes }))
  if (save) {
    const results: Results = { captures: outcomes.length, ...score }
    writeFileSync(RESULTS_FILE, `${JSON.stringify(results, undefined, 2)}\n`)
    writeFileSync(REFERENCE_FILE, referencePage(results))
  }
  const isComplete = score.all.found === score.all.attacks && score.all.perIncident <= 1
  const wrong = score.falseAlerts + score.besideAttacks + score.problems
  return isComplete && wrong === 0 ? 0 : 1
}

const args = process.argv.slice(2)
const folder = args.find((arg) => !arg.startsWith('--'))
const USAGE =
  'npm run eval -- DIR [--save]: DIR holds captures and truth.json or README.md; docs/reference/detection.md shows both'
if (folder === undefined) {
  console.error(USAGE)
  process.exitCode = 2
} else
  try {
    process.exitCode = await run(folder, args.includes('--save'))
  } catch (error) {
    if (!(error instanceof NoTruthError)) throw error
    console.error(`${error.message}\n${USAGE}`)
    process.exitCode = 2
  }
