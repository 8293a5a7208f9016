/** Compares the flows of one capture with tshark and with what is published about it. */
import { join } from 'node:path'
import { compareWithTshark, type Findings } from './compare-with-tshark.ts'
import { compareWithExpected } from './expected.ts'
import { runReplay, unbalanced } from './our-flows.ts'

/** Floods flow by flow, as tshark and what is published have them. */
const FLAGS = ['--flows-condense-above', '0']

/** What was compared and found equal, differences that have a cause, and those that have none. */
export interface Comparison extends Findings {
  capture: string
}

export const compareCapture = (
  folder: string,
  capture: string,
  withTshark: boolean,
): Comparison => {
  const path = join(folder, capture)
  const replayed = runReplay([path], FLAGS)
  const { flows, summary } = replayed
  const imbalance = unbalanced(replayed)
  const tshark = withTshark ? compareWithTshark(path, replayed) : undefined
  const expected = compareWithExpected(folder, capture, flows)
  const wrong = (expected?.wrong ?? []).map((line) => `${expected?.what}: ${line}`)
  return {
    capture,
    agreed: [
      `${summary.packets} packets, ${flows.length} flows`,
      ...(tshark?.agreed ?? []),
      ...(expected && wrong.length === 0 ? [`${expected.what}: ${expected.compared} equal`] : []),
    ],
    explained: tshark?.explained ?? [],
    unexplained: [...(imbalance ? [imbalance] : []), ...(tshark?.unexplained ?? []), ...wrong],
  }
}
