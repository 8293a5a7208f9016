/** Attacks of a lab that run at the same time: each until it is found, with how long that took. */
import { availableParallelism, loadavg } from 'node:os'
import { sleep } from '../e2e/lab.ts'
import type { AlertFilter, AttackHost, AttackLab, FoundAlert } from './attack-lab.ts'

export interface Attack {
  name: string
  host: AttackHost
  command: string
  filter: AlertFilter
  /** Until it is found, on a machine that does nothing else. */
  seconds: number
}

/** Why it was not found, if it was not. */
export type Outcome = FoundAlert | string

/** A machine of CI has other things to do, and starts programs slowly. */
const SLACK = 3
/** With it nothing is left to chance: what is not found by then is not found. */
const PATIENCE_SECONDS = 45
/** An attack goes on after it was found, because that must not be another incident. */
const GOES_ON_MS = 2500
const STAGGER_MS = 800

/** So many times slower than alone things may be now: as many as programs share a CPU, and some. */
export const slack = (): number => SLACK * Math.max(1, loadavg()[0]! / availableParallelism())

export const runAttacks = async (
  lab: AttackLab,
  attacks: readonly Attack[],
): Promise<ReadonlyMap<string, Outcome>> => {
  const outcomes = new Map<string, Outcome>()
  const run = async ({ name, host, command, filter }: Attack): Promise<void> => {
    const startMs = Date.now()
    const child = host.start(command)
    const outcome = await lab
      .waitForAlert(filter, PATIENCE_SECONDS, startMs)
      .catch((error: unknown) => `${String(error)}\n${child.output().slice(-1000)}`)
    outcomes.set(name, outcome)
    await sleep(GOES_ON_MS)
    await child.stop()
  }
  const running: Promise<void>[] = []
  for (const attack of attacks) {
    running.push(run(attack))
    await sleep(STAGGER_MS)
  }
  await Promise.all(running)
  console.log(tableOf(attacks, outcomes))
  return outcomes
}

const tableOf = (attacks: readonly Attack[], outcomes: ReadonlyMap<string, Outcome>): string =>
  attacks
    .map(({ name, command, seconds }) => {
      const outcome = outcomes.get(name)
      const ms = typeof outcome === 'object' ? `${outcome.afterMs} ms` : 'not found'
      return `${name.padEnd(24)} ${ms.padStart(10)} of ${seconds * 1000} ms   ${command}`
    })
    .join('\n')

export const foundOf = (outcomes: ReadonlyMap<string, Outcome>, name: string): FoundAlert => {
  const outcome = outcomes.get(name)
  if (typeof outcome !== 'object') throw new Error(outcome)
  return outcome
}
