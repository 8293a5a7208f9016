/** Generated tables with known anomalies: easy ones, and such as Isolation Forests are known to be bad at. */
import { createRandom } from '@netscope/detect/anomaly/random.ts'

export interface Dataset {
  name: string
  features: number
  /** Row after row. */
  values: Float32Array
  isAnomaly: boolean[]
}

interface Draw {
  /** 0 to 1. */
  uniform(): number
  /** Standard normal (Box and Muller). */
  normal(): number
}

const createDraw = (seed: number): Draw => {
  const random = createRandom(seed)
  return {
    uniform: () => random.next(),
    normal: () =>
      Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next()),
  }
}

interface Recipe {
  name: string
  rows: number
  anomalies: number
  ordinary(draw: Draw, row: number): number[]
  odd(draw: Draw, row: number): number[]
}

const many = (count: number, of: (column: number) => number): number[] =>
  Array.from({ length: count }, (_, column) => of(column))

/** Like the windows of a device (detect/src/anomaly/window-columns.ts), before they are scaled. */
const traffic = ({ normal, uniform }: Draw, load: number): number[] => {
  const flows = Math.exp(3 + 0.5 * normal()) * load
  const packets = flows * Math.exp(3 + 0.8 * normal())
  const bytes = packets * (200 + 900 * uniform())
  const peers = Math.max(1, flows * (0.3 + 0.2 * uniform()))
  return [
    bytes * 0.1,
    bytes,
    packets,
    flows,
    peers,
    2 + 3 * uniform(),
    5 * uniform(),
    2 * uniform(),
  ]
}

const RECIPES: readonly Recipe[] = [
  {
    name: 'one cluster, scattered anomalies, 2 columns',
    rows: 2000,
    anomalies: 100,
    ordinary: ({ normal }) => many(2, () => normal()),
    odd: ({ uniform }) => many(2, () => 12 * uniform() - 6),
  },
  {
    name: 'two clusters of unlike density, 2 columns',
    rows: 3000,
    anomalies: 60,
    ordinary: ({ normal }, row) => many(2, () => (row % 3 ? normal() : 8 + 0.3 * normal())),
    odd: ({ uniform }) => many(2, () => 16 * uniform() - 4),
  },
  {
    name: '3 of 16 columns shifted',
    rows: 4000,
    anomalies: 80,
    ordinary: ({ normal }) => many(16, () => normal()),
    odd: ({ normal }) => many(16, (column) => (column < 3 ? 3.5 : 0) + normal()),
  },
  {
    name: 'anomalies in a small dense cluster, 4 columns',
    rows: 5000,
    anomalies: 50,
    ordinary: ({ normal }) => many(4, () => normal()),
    odd: ({ normal }) => many(4, () => 3 + 0.1 * normal()),
  },
  {
    name: '2 of 20 columns matter',
    rows: 3000,
    anomalies: 90,
    ordinary: ({ normal, uniform }) => many(20, (column) => (column < 2 ? normal() : uniform())),
    odd: ({ uniform }) => many(20, (column) => (column < 2 ? 10 * uniform() - 5 : uniform())),
  },
  {
    name: 'ring, anomalies within, 2 columns',
    rows: 3000,
    anomalies: 60,
    ordinary: ({ normal, uniform }) => {
      const angle = 2 * Math.PI * uniform()
      const radius = 5 + 0.4 * normal()
      return [radius * Math.cos(angle), radius * Math.sin(angle)]
    },
    odd: ({ normal }) => many(2, () => 0.7 * normal()),
  },
  {
    name: 'correlation broken, 6 columns',
    rows: 3000,
    anomalies: 90,
    ordinary: ({ normal }) => {
      const shared = normal()
      return many(6, () => shared + 0.3 * normal())
    },
    odd: ({ normal }) => many(6, () => 1.3 * normal()),
  },
  {
    name: 'device traffic with uploads and scans, 8 columns',
    rows: 4000,
    anomalies: 60,
    ordinary: (draw, row) => traffic(draw, 1 + (row % 5 ? 0 : 2)),
    odd: (draw, row) => {
      const values = traffic(draw, 1)
      if (row % 2) values[0]! *= 40
      else
        [values[4], values[5], values[6]] = [
          values[4]! * 20,
          200 * draw.uniform(),
          60 + 40 * draw.uniform(),
        ]
      return values
    },
  },
]

/** The same each time. */
export const generatedDatasets = (): Dataset[] =>
  RECIPES.map(({ name, rows, anomalies, ordinary, odd }, at) => {
    const draw = createDraw(at + 1)
    const isAnomaly = Array.from({ length: rows }, (_, row) => row < anomalies)
    const table = isAnomaly.map((is, row) => (is ? odd(draw, row) : ordinary(draw, row)))
    return { name, features: table[0]!.length, values: Float32Array.from(table.flat()), isAnomaly }
  })

/** Rows of independent normal columns, for time alone. */
export const normalRows = (rows: number, features: number): Float32Array => {
  const { normal } = createDraw(99)
  return Float32Array.from({ length: rows * features }, normal)
}
