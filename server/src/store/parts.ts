/** What was stored of flows that live long: their next part is what came on top. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { FlowReader } from '@netscope/core/flow-record.ts'
import { rowsOf } from './engine.ts'
import type { Segment } from './segment.ts'
import type { CountedBefore } from './stage.ts'
import { DETAIL_COLUMNS, FLOW_COLUMNS } from './stored-columns.ts'
import type { SegmentIds, StoredColumn } from './stored-columns.ts'

/** Flows that are stored in parts at a time; more wait for their end. */
const MAX_FLOWS = 65_536
/** A flow whose last part is older was given up without an end. */
const FORGET_MS = 2 * 86_400_000

/** A flow that is stored in parts. Its slot may be another one's already when its end comes, late, out of an agent's spool. */
interface PartedFlow {
  agent: string
  slot: number
  firstNs: number
}

/** undefined: to be removed. */
export interface ChangedPart extends PartedFlow {
  counted: CountedBefore | undefined
}

export interface Parts {
  /** Since the last `settle`. */
  readonly changed: ReadonlyMap<string, ChangedPart>
  /**
   * What was counted of the record's flow before, and remembers what is now. False: one flow too many, its record
   * must be left out.
   */
  take(agent: string, reader: FlowReader, ids: SegmentIds): CountedBefore | undefined | false
  settle(): void
}

const COLUMNS = [...FLOW_COLUMNS, ...DETAIL_COLUMNS]

const countedIn = (
  columns: readonly StoredColumn[],
  reader: FlowReader,
  ids: SegmentIds,
): Float64Array =>
  Float64Array.from(columns, ({ cumulative, read }) => (cumulative ? read(reader, ids) : 0))

export const createParts = (known: Iterable<[PartedFlow, CountedBefore]> = []): Parts => {
  const parts = new Map<string, CountedBefore>()
  const changed = new Map<string, ChangedPart>()
  const keyOf = ({ agent, slot, firstNs }: PartedFlow): string => `${slot} ${firstNs} ${agent}`
  for (const [flow, counted] of known) parts.set(keyOf(flow), counted)

  return {
    changed,
    take(agent, reader, ids) {
      const hasEnded = reader.view.getUint32(reader.at + 4, true) !== 0
      if (hasEnded && parts.size === 0) return undefined
      const slot = reader.view.getUint32(reader.at, true)
      const flow = { agent, slot, firstNs: reader.firstNs() }
      const key = keyOf(flow)
      const before = parts.get(key)
      if (hasEnded) {
        if (before && parts.delete(key)) changed.set(key, { ...flow, counted: undefined })
        return before
      }
      if (!before && parts.size >= MAX_FLOWS) return false
      const counted = {
        flows: countedIn(FLOW_COLUMNS, reader, ids),
        details: countedIn(DETAIL_COLUMNS, reader, ids),
      }
      parts.set(key, counted)
      changed.set(key, { ...flow, counted })
      return before
    },
    settle: () => changed.clear(),
  }
}

export const PARTS_TABLE =
  '"agent" VARCHAR, "slot" UINTEGER, "firstNs" DOUBLE, "counted" VARCHAR, "turn" BIGINT, PRIMARY KEY ("agent", "slot", "firstNs")'

/** Only what is not 0, by column, so that a new column does no harm. */
const countedJson = ({ flows, details }: CountedBefore): string => {
  const values = [...flows, ...details]
  const named = COLUMNS.flatMap(({ name }, index) => (values[index] ? [[name, values[index]]] : []))
  return JSON.stringify(Object.fromEntries(named))
}

const countedOf = (json: string): CountedBefore => {
  const values = JSON.parse(json) as Record<string, number>
  const of = (columns: readonly StoredColumn[]) =>
    Float64Array.from(columns, ({ name }) => values[name] ?? 0)
  return { flows: of(FLOW_COLUMNS), details: of(DETAIL_COLUMNS) }
}

export const readParts = async (
  connection: DuckDBConnection,
  { catalog }: Segment,
): Promise<Parts> => {
  const rows = await rowsOf(connection, `SELECT * FROM ${catalog}.parts`)
  return createParts(
    rows.map(({ agent, slot, firstNs, counted }) => [
      { agent: String(agent), slot: Number(slot), firstNs: Number(firstNs) },
      countedOf(String(counted)),
    ]),
  )
}

/** Writes what has changed into the segment, in the transaction that is open. */
export const writeParts = async (
  connection: DuckDBConnection,
  { catalog }: Pick<Segment, 'catalog'>,
  parts: Parts,
  nowMs: number,
): Promise<void> => {
  for (const { agent, slot, firstNs, counted } of parts.changed.values()) {
    if (counted)
      await connection.run(`INSERT OR REPLACE INTO ${catalog}.parts VALUES ($1, $2, $3, $4, $5)`, [
        agent,
        slot,
        firstNs,
        countedJson(counted),
        BigInt(nowMs),
      ])
    else
      await connection.run(
        `DELETE FROM ${catalog}.parts WHERE "agent" = $1 AND "slot" = $2 AND "firstNs" = $3`,
        [agent, slot, firstNs],
      )
  }
}

/** SQL that takes the parts over into the next segment. */
export const copyParts = (from: Segment, to: Segment, nowMs: number): string =>
  `INSERT INTO ${to.catalog}.parts SELECT * FROM ${from.catalog}.parts WHERE "turn" > ${nowMs - FORGET_MS}`
