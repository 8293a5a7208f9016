/** Models as the text of a file, and back. */
import { crc32 } from 'node:zlib'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { AnomalyModel, Column } from './anomaly-model.ts'
import type { ColumnScale } from './column-scale.ts'
import { PEER_MEMORY_BYTES } from './peer-memory.ts'
import { forestText, readForest, type ForestText } from './forest-text.ts'

const FORMAT = 'netscope-anomaly'
/** Raised when what is written is read differently. */
const VERSION = 1

/** What the rows are: windows of devices' traffic, or any table. */
export type ModelKind = 'flows' | 'table'

export interface Models {
  kind: ModelKind
  /** By what they are of: an address, or ALL. */
  models: Map<string, AnomalyModel>
  /** Whom the devices have had to do with (PeerMemory): else all of their peers would be new to whoever reads the models. */
  peers: ReadonlyMap<string, Uint8Array>
}

/** Key of the model of all rows. */
export const ALL = '*'

interface ModelText {
  of: string
  columns: Column[]
  scales: ColumnScale[]
  rows: number
  usual: number
  forest: ForestText
}

interface FileText {
  format: string
  version: number
  kind: ModelKind
  /** CRC-32 of `[models, peers]` as JSON. */
  checksum: number
  models: ModelText[]
  /** Address and base64. */
  peers: [string, string][]
}

export const modelsText = ({ kind, models, peers }: Models): string => {
  const texts = [...models].map(([of, { columns, scales, rows, usual, forest }]): ModelText => ({
    of,
    columns: columns.map(({ name, label, unit, isLog = false, leastSpread }) => ({
      name,
      label,
      unit,
      isLog,
      leastSpread,
    })),
    scales: [...scales],
    rows,
    usual,
    forest: forestText(forest),
  }))
  const known = [...peers].map(([device, bytes]): [string, string] => [
    device,
    Buffer.from(bytes).toString('base64'),
  ])
  const checksum = crc32(JSON.stringify([texts, known]))
  const file: FileText = {
    format: FORMAT,
    version: VERSION,
    kind,
    checksum,
    models: texts,
    peers: known,
  }
  return `${JSON.stringify(file)}\n`
}

const isColumn = (value: Partial<Column> | undefined): boolean =>
  typeof value?.name === 'string' &&
  typeof value.label === 'string' &&
  typeof value.unit === 'string' &&
  Number.isFinite(value.leastSpread)

const isScale = (value: Partial<ColumnScale> | undefined): boolean =>
  [value?.median, value?.low, value?.high, value?.most].every(Number.isFinite) &&
  Number(value?.spread) > 0

const readModel = (text: Partial<ModelText>): AnomalyModel | string => {
  const { columns, scales, rows, usual } = text
  if (!Array.isArray(columns) || !columns.every(isColumn)) return 'its columns are not right'
  if (!Array.isArray(scales) || scales.length !== columns.length || !scales.every(isScale))
    return 'its scales are not right'
  if (!Number.isInteger(rows) || !(Number(usual) >= 0 && Number(usual) <= 1))
    return 'its figures are not right'
  const forest = readForest(text.forest ?? {})
  if (typeof forest === 'string') return forest
  if (forest.features !== columns.length) return 'its forest is of other columns'
  return { columns, scales, forest, rows: Number(rows), usual: Number(usual) }
}

const parse = (text: string): Partial<FileText> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** What is wrong with the file as a whole. */
const whyNot = (file: Partial<FileText> | undefined): string | undefined => {
  if (file?.format !== FORMAT) return 'it is no such file, or cut off'
  if (file.version !== VERSION)
    return `it has version ${String(file.version)}, this NetScope knows ${VERSION}`
  if (file.kind !== 'flows' && file.kind !== 'table') return 'it does not say what its rows are'
  if (!Array.isArray(file.models) || !Array.isArray(file.peers)) return 'it holds no models'
  if (crc32(JSON.stringify([file.models, file.peers])) !== file.checksum)
    return 'its checksum is wrong'
  return undefined
}

/** Throws `anomaly.model` with the reason and `path`, where the text is from. */
export const readModels = (text: string, path: string): Models => {
  const file = parse(text)
  const refuse = (reason: string) => new NetscopeError('anomaly.model', { path, reason })
  const reason = whyNot(file)
  if (reason !== undefined) throw refuse(reason)
  const { kind, models: texts, peers: known } = file as FileText
  const peers = new Map<string, Uint8Array>()
  for (const [device, text] of known) {
    const bytes = Uint8Array.from(Buffer.from(String(text), 'base64'))
    if (bytes.length !== PEER_MEMORY_BYTES) throw refuse('the peers of a device are cut off')
    peers.set(String(device), bytes)
  }
  const models = new Map<string, AnomalyModel>()
  for (const each of texts) {
    const model = readModel(each)
    if (typeof model === 'string') throw refuse(model)
    models.set(String(each.of), model)
  }
  return { kind, models, peers }
}
