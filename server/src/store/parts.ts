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

interface Part {
  firstNs: number
  counted: CountedBefore
}

/** `kept`: to be written; undefined: to be removed. */
export interface ChangedPart {
  agent: string
  slot: number
  part: Part | undefined
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

export const createParts = (known: Iterable<[string, number, Part]> = []): Parts => {
  const parts = new Map<string, Part>()
  const changed = new Map<string, ChangedPart>()
  const keyOf = (agent: string, slot: number): string => `${slot} ${agent}`
  for (const [agent, slot, part] of known) parts.set(keyOf(agent, slot), part)

  return {
    changed,
    take(agent, reader, ids) {
      const slot = reader.view.getUint32(reader.at, true)
      const hasEnded = reader.view.getUint32(reader.at + 4, true) !== 0
      if (hasEnded && parts.size === 0) return undefined
      const key = keyOf(agent, slot)
      const found = parts.get(key)
      const firstNs = reader.firstNs()
      const before = found?.firstNs === firstNs ? found.counted : undefined
      if (hasEnded) {
        // One that comes late, out of an agent's spool, may find another flow in its slot.
        if (before && parts.delete(key)) changed.set(key, { agent, slot, part: undefined })
        return before
      }
      if (!found && parts.size >= MAX_FLOWS) return false
      const counted = {
        flows: countedIn(FLOW_COLUMNS, reader, ids),
        details: countedIn(DETAIL_COLUMNS, reader, ids),
      }
      parts.set(key, { firstNs, counted })
      changed.set(key, { agent, slot, part: { firstNs, counted } })
      return before
    },
    settle: () => changed.clear(),
  }
}

export const PARTS_TABLE =
  '"agent" VARCHAR, "slot" UINTEGER, "firstNs" DOUBLE, "counted" VARCHAR, "turn" BIGINT, PRIMARY KEY ("agent", "slot")'

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
      String(agent),
      Number(slot),
      { firstNs: Number(firstNs), counted: countedOf(String(counted)) },
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
  for (const { agent, slot, part } of parts.changed.values()) {
    if (part)
      await connection.run(`INSERT OR REPLACE INTO ${catalog}.parts VALUES ($1, $2, $3, $4, $5)`, [
        agent,
        slot,
        part.firstNs,
        countedJson(part.counted),
        BigInt(nowMs),
      ])
    else
      await connection.run(`DELETE FROM ${catalog}.parts WHERE "agent" = $1 AND "slot" = $2`, [
        agent,
        slot,
      ])
  }
}

/** SQL that takes the parts over into the next segment. */
export const copyParts = (from: Segment, to: Segment, nowMs: number): string =>
  `INSERT INTO ${to.catalog}.parts SELECT * FROM ${from.catalog}.parts WHERE "turn" > ${nowMs - FORGET_MS}`
