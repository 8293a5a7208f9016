/**
 * Compares `netscope replay` with tshark's conversation statistics and with published results, one line a
 * capture: bin/node test/replay/compare.ts [FOLDER]. Packets must be equal by 5-tuple, packets and L3 bytes
 * by address pair; other tools end flows at other moments, so flows of one 5-tuple are summed first.
 * Exit code 1 on a difference without a cause.
 */
import { existsSync } from 'node:fs'
import { compareCapture } from './compare-capture.ts'
import { findCaptures, SHARED_CAPTURES } from './find-captures.ts'
import { hasTshark } from './tshark.ts'

const MOST_LINES = 8

const folder = process.argv[2] ?? SHARED_CAPTURES
if (!existsSync(folder)) {
  console.error(`${folder} is not there: name a folder of captures.`)
  process.exit(2)
}
const withTshark = hasTshark()
if (!withTshark)
  console.error('tshark is missing (apt-get install tshark): only published results are compared.')
const results = findCaptures(folder).map((capture) => compareCapture(folder, capture, withTshark))
for (const { capture, agreed, explained, unexplained } of results) {
  const ok = unexplained.length === 0
  const verdict = ok ? (explained.length > 0 ? 'ok*    ' : 'ok     ') : 'DIFFERS'
  console.log(`${verdict} ${capture}: ${agreed.join('; ')}`)
  for (const line of [...unexplained, ...explained].slice(0, MOST_LINES))
    console.log(`          ${line}`)
  const left = unexplained.length + explained.length - MOST_LINES
  if (left > 0) console.log(`          and ${left} more`)
}
const wrong = results.filter(({ unexplained }) => unexplained.length > 0).length
console.log(
  `${results.length} captures, ${wrong} with differences that have no cause (* = differences with a cause, named)`,
)
process.exitCode = wrong > 0 ? 1 : 0
