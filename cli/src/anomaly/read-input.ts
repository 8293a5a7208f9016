/** What `netscope anomaly` is given: flows as JSON lines, or CSV of numbers; which of them, its first line tells. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Flow } from '@netscope/core/flow.ts'
import type { Column } from '@netscope/detect/anomaly/anomaly-model.ts'
import type { ModelKind } from '@netscope/detect/anomaly/model-text.ts'
import { rowOf, WINDOW_COLUMNS } from '@netscope/detect/anomaly/window-columns.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { createSiteNetworks } from '@netscope/detect/site-networks.ts'
import { createCsvReader, type CsvReader } from './csv-table.ts'
import { createFlowWindows, type FlowWindows } from './flow-windows.ts'

/** One row of numbers. */
export interface InputRow {
  /** Address of the device; '' of a table. */
  device: string
  /** Milliseconds since 1970 when its window began; NaN of a table. */
  startMs: number
  isPartial: boolean
}

export interface Input {
  kind: ModelKind
  columns: readonly Column[]
  rows: InputRow[]
  /** Row after row. */
  values: Float64Array
  /** Whom the devices have had to do with. */
  peers: Map<string, Uint8Array>
  /** What was left out, for people. */
  notes: string[]
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'there is no permission to read it',
  EISDIR: 'it is a directory; name the files in it',
}

/** Of a file that can't be read: `anomaly.file`. */
export const fileError = (path: string, error: unknown): NetscopeError => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason = CAUSES[code] ?? (error instanceof Error ? error.message : String(error))
  return new NetscopeError(
    'anomaly.file',
    { path, reason, folder: process.cwd() },
    { cause: error },
  )
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(file)
  try {
    yield* createInterface({ input, crlfDelay: Infinity })
  } catch (error) {
    throw fileError(file, error)
  }
}

/** A flow of either command; other lines of theirs (summary, alert) are left out. */
const flowOf = (line: string): Partial<Flow> | 'other' | undefined => {
  try {
    const value = JSON.parse(line) as (Partial<Flow> & { type?: unknown }) | null
    if (typeof value !== 'object' || value === null) return undefined
    return value.type === undefined || value.type === 'flow' ? value : 'other'
  } catch {
    return undefined
  }
}

const inputOfWindows = (flows: FlowWindows, damaged: number): Input => {
  const windows = flows.windows()
  const width = WINDOW_COLUMNS.length
  const values = new Float64Array(windows.length * width)
  windows.forEach(({ counts }, at) => values.set(rowOf(counts), at * width))
  return {
    kind: 'flows',
    columns: WINDOW_COLUMNS,
    rows: windows.map(({ device, counts: { startMs }, isPartial }) => ({
      device,
      startMs,
      isPartial,
    })),
    values,
    peers: flows.peers(),
    notes: damaged > 0 ? [`${damaged} lines are no flows and were left out`] : [],
  }
}

const inputOfTable = (csv: CsvReader): Input => {
  const { columns, values } = csv.table()
  const rows = Array.from({ length: values.length / Math.max(1, columns.length) }, () => ({
    device: '',
    startMs: Number.NaN,
    isPartial: false,
  }))
  const skipped = csv.skipped()
  const notes =
    skipped.length > 0 ? [`columns without numbers left out: ${skipped.join(', ')}`] : []
  return { kind: 'table', columns, rows, values, peers: new Map(), notes }
}

/**
 * Throws `anomaly.input` where there is nothing to be read. `local`: prefixes whose addresses are devices, beside private ones.
 * `peers`: of the devices, as they were learned.
 */
export const readInput = async (
  files: readonly string[],
  local: readonly string[],
  peers?: ReadonlyMap<string, Uint8Array>,
): Promise<Input> => {
  const place = files.join(', ')
  const networks = createSiteNetworks(local.map(parsePrefix))
  let csv: CsvReader | undefined
  let flows: FlowWindows | undefined
  let [read, damaged] = [0, 0]
  for (const file of files) {
    let number = 0
    for await (const line of linesOf(file)) {
      number++
      if (line.trim() === '') continue
      if (!csv && !flows) {
        if (line.trimStart().startsWith('{'))
          flows = createFlowWindows((address) => networks.isLocal(address), place, peers)
        else csv = createCsvReader(file)
      }
      csv?.add(line, number)
      if (!flows) continue
      const flow = flowOf(line)
      if (flow === 'other') continue
      if (flow && flows.add(flow)) read++
      else damaged++
    }
  }
  const input = flows ? inputOfWindows(flows, damaged) : csv && inputOfTable(csv)
  if (input && input.rows.length > 0) return input
  const reason = read > 0 ? NO_DEVICE : 'there are neither flows nor numbers in it'
  throw new NetscopeError('anomaly.input', { place, reason })
}

const NO_DEVICE = 'no flow has an address of a local network; name yours with --local'
