/** An Isolation Forest as text, and back; what is read is checked, since files get damaged and come from others. */
import type { IsolationForest } from './isolation-forest.ts'
import { heightLimit, MAX_SAMPLE, type IsolationTree } from './isolation-tree.ts'

export interface ForestText {
  features: number
  sampleSize: number
  /** Nodes of each tree. */
  nodes: number[]
  /** Of one tree after the other, base64, little-endian: features (u16), splits (f32) and left children (u16). */
  data: string
}

const MAX_TREES = 10_000
const MAX_FEATURES = 65_534
const NODE_BYTES = 8

export const forestText = ({ features, sampleSize, trees }: IsolationForest): ForestText => {
  const parts = trees.flatMap(({ feature, split, left }) => [feature, split, left])
  const bytes = parts.map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  )
  return {
    features,
    sampleSize,
    nodes: trees.map(({ left }) => left.length),
    data: Buffer.concat(bytes).toString('base64'),
  }
}

const isCount = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most

const readTree = (bytes: Uint8Array, from: number, nodes: number): IsolationTree => {
  const part = (at: number, size: number) =>
    bytes.slice(from + at * nodes, from + (at + size) * nodes)
  return {
    feature: new Uint16Array(part(0, 2).buffer),
    split: new Float32Array(part(2, 4).buffer),
    left: new Uint16Array(part(6, 2).buffer),
  }
}

/** Every node but the root is the child of one before it, none is deeper than walks go, and all numbers are in range. */
const isSound = (
  { feature, split, left }: IsolationTree,
  features: number,
  height: number,
): boolean => {
  const depth = new Int32Array(left.length).fill(-1)
  depth[0] = 0
  for (let node = 0; node < left.length; node++) {
    const child = left[node]!
    if (depth[node]! < 0 || depth[node]! > height || !Number.isFinite(split[node]!)) return false
    if (child === node) {
      if (feature[node] !== features || split[node]! < 0) return false
      continue
    }
    if (feature[node]! >= features || child < node || child + 1 >= left.length) return false
    if (depth[child] !== -1 || depth[child + 1] !== -1) return false
    depth[child] = depth[child + 1] = depth[node]! + 1
  }
  return true
}

/** The forest, or why the text is none. */
export const readForest = (text: Partial<ForestText>): IsolationForest | string => {
  const { features, sampleSize, nodes, data } = text
  if (!isCount(features, 1, MAX_FEATURES)) return 'its number of columns is not right'
  if (!isCount(sampleSize, 2, MAX_SAMPLE)) return 'its sample size is not right'
  if (!Array.isArray(nodes) || !isCount(nodes.length, 1, MAX_TREES)) return 'it has no trees'
  if (!nodes.every((count) => isCount(count, 1, 2 * sampleSize - 1)))
    return 'a tree has too many nodes'
  if (typeof data !== 'string') return 'its trees are not there'
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'))
  const wanted = nodes.reduce((sum, count) => sum + count, 0) * NODE_BYTES
  if (bytes.length !== wanted) return 'its trees are cut off'
  const trees: IsolationTree[] = []
  let at = 0
  for (const count of nodes) {
    const tree = readTree(bytes, at, count)
    if (!isSound(tree, features, heightLimit(sampleSize))) return 'a tree is damaged'
    trees.push(tree)
    at += count * NODE_BYTES
  }
  return { features, sampleSize, trees }
}
