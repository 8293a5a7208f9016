/** Isolation Forests: what is unlike the rest has a higher score. */
import { describe, expect, it } from 'vitest'
import { FOREST_DEFAULTS, growForest, regrowForest, scoreRows } from './isolation-forest.ts'
import { averagePathLength, heightLimit, type Rows } from './isolation-tree.ts'
import { createRandom } from './random.ts'

/** Normal columns; the last row is far from all others. */
const cluster = (rows: number, features: number): Rows => {
  const random = createRandom(11)
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  const values = Float32Array.from({ length: rows * features }, normal)
  values.fill(8, (rows - 1) * features)
  return { features, values }
}

describe('c(n), the average path length of equation 1', () => {
  it('is 0 up to one row, 1 for two, and about 10.24 for 256', () => {
    expect([0, 1, 2].map(averagePathLength)).toEqual([0, 0, 1])
    expect(averagePathLength(256)).toBeCloseTo(10.24477092, 6)
    expect(averagePathLength(3)).toBeCloseTo(2 * (Math.log(2) + 0.5772156649) - 4 / 3, 9)
  })
})

describe('an Isolation Forest', () => {
  const rows = cluster(1001, 5)
  const forest = growForest(rows, FOREST_DEFAULTS)

  it('gives the odd row the highest score, far from that of the others', () => {
    const scores = [...scoreRows(forest, rows)]
    const odd = scores.pop()!
    expect(odd).toBeGreaterThan(0.75)
    expect(Math.max(...scores)).toBeLessThan(odd)
    expect(scores.toSorted((a, b) => a - b)[500]).toBeCloseTo(0.45, 1)
  })

  it('is the same for the same seed and another for another', () => {
    expect(scoreRows(growForest(rows, FOREST_DEFAULTS), rows)).toEqual(scoreRows(forest, rows))
    const other = growForest(rows, { ...FOREST_DEFAULTS, seed: 2 })
    expect(scoreRows(other, rows)).not.toEqual(scoreRows(forest, rows))
  })

  it('has 100 trees of at most 511 nodes, none higher than 8', () => {
    expect([forest.trees.length, forest.sampleSize, heightLimit(256)]).toEqual([100, 256, 8])
    for (const { left, split, feature } of forest.trees) {
      expect(left.length).toBeLessThanOrEqual(511)
      const depth = new Uint8Array(left.length)
      left.forEach((child, node) => {
        if (child === node) {
          expect(feature[node]).toBe(5)
          return expect(split[node]).toBeGreaterThanOrEqual(depth[node]!)
        }
        depth[child] = depth[child + 1] = depth[node]! + 1
        expect(depth[child]).toBeLessThanOrEqual(8)
      })
    }
  })

  it('scores any number of rows like each of them alone', () => {
    const all = scoreRows(forest, rows)
    for (const at of [0, 255, 256, 511, 999]) {
      const alone = rows.values.slice(at * 5, at * 5 + 5)
      expect(scoreRows(forest, { features: 5, values: alone })[0]).toBe(all[at])
    }
    expect(scoreRows(forest, { features: 5, values: new Float32Array(0) })).toHaveLength(0)
  })

  it('does not hang or leave its range on numbers that are none', () => {
    const values = Float32Array.of(Number.NaN, Infinity, -Infinity, 1e38, -1e38)
    const [score] = scoreRows(forest, { features: 5, values })
    expect(score).toBeGreaterThan(0)
    expect(score).toBeLessThan(1)
  })

  it('takes all rows where there are fewer than the sample, and rows that are all the same', () => {
    const two = growForest({ features: 1, values: Float32Array.of(1, 2) }, FOREST_DEFAULTS)
    expect(two.sampleSize).toBe(2)
    expect(scoreRows(two, { features: 1, values: Float32Array.of(1, 2) })[0]).toBeCloseTo(0.5, 6)
    const same: Rows = { features: 3, values: new Float32Array(300).fill(4) }
    const flat = growForest(same, FOREST_DEFAULTS)
    expect(new Set(flat.trees.map(({ left }) => left.length))).toEqual(new Set([1]))
    expect(scoreRows(flat, same)[0]).toBeCloseTo(0.5, 6)
  })

  it('never splits by a column that does not move', () => {
    const values = Float32Array.from({ length: 512 }, (_, i) => (i % 2 ? 5 : i))
    const used = growForest({ features: 2, values }, FOREST_DEFAULTS).trees.flatMap(
      ({ feature, left }) => [...feature].filter((_, node) => left[node] !== node),
    )
    expect(new Set(used)).toEqual(new Set([0]))
  })
})

describe('growing anew', () => {
  it('replaces the oldest trees only', () => {
    const rows = cluster(600, 3)
    const forest = growForest(rows, FOREST_DEFAULTS)
    const next = regrowForest(forest, rows, 10, { ...FOREST_DEFAULTS, seed: 2 })
    expect(next.trees).toHaveLength(100)
    expect(next.trees.slice(0, 90)).toEqual(forest.trees.slice(10))
    expect(next.trees.slice(90)).not.toEqual(forest.trees.slice(0, 10))
  })

  it('replaces all where the sample grows', () => {
    const forest = growForest(cluster(100, 3), FOREST_DEFAULTS)
    const next = regrowForest(forest, cluster(200, 3), 10, FOREST_DEFAULTS)
    expect([forest.sampleSize, next.sampleSize]).toEqual([100, 200])
    expect(next.trees).toHaveLength(100)
  })
})
