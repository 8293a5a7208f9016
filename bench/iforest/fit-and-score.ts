/** Our Isolation Forest on a table in a file, once, as a process of its own: FILE FEATURES TREES SAMPLE SEED. */
import { readFileSync } from 'node:fs'
import { growForest, scoreRows } from '@netscope/detect/anomaly/isolation-forest.ts'

const [path = '', features, trees, sampleSize, seed] = process.argv.slice(2)
const rows = {
  features: Number(features),
  values: new Float32Array(new Uint8Array(readFileSync(path)).buffer),
}
const before = performance.now()
const forest = growForest(rows, {
  trees: Number(trees),
  sampleSize: Number(sampleSize),
  seed: Number(seed),
})
const scores = scoreRows(forest, rows)
const milliseconds = performance.now() - before
if (scores.some((score) => !(score > 0 && score < 1))) throw new Error('a score is out of bounds')
console.log(JSON.stringify({ milliseconds }))
