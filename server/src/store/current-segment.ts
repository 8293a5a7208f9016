/** The segment that is written to, with its dictionary and the positions of the agents as the disk has them. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Target } from './append-queue.ts'
import { rowsOf } from './engine.ts'
import { readParts } from './parts.ts'
import type { Segment } from './segment.ts'
import { createSegmentDictionary } from './segment-dictionary.ts'
import type { SegmentDictionary } from './segment-dictionary.ts'
import { createSegmentWriter } from './segment-writer.ts'
import type { Position, SegmentWriter } from './segment-writer.ts'
import type { Stage } from './stage.ts'
import { FLOW_COLUMNS } from './stored-columns.ts'

export interface CurrentSegment extends Target {
  readonly segment: Segment
  positions(): Position[]
  close(): void
}

const keyOf = (agent: string, epoch: number): string => `${epoch} ${agent}`

const readDictionary = async (
  connection: DuckDBConnection,
  { catalog }: Segment,
): Promise<SegmentDictionary> => {
  const texts = await rowsOf(connection, `SELECT "id", "text" FROM ${catalog}.texts`)
  const processes = await rowsOf(connection, `SELECT "id", "info" FROM ${catalog}.processes`)
  return createSegmentDictionary(
    texts.map(({ id, text }) => [Number(id), String(text)]),
    processes.map(({ id, info }) => [Number(id), String(info)]),
  )
}

const readPositions = async (
  connection: DuckDBConnection,
  { catalog }: Segment,
): Promise<Map<string, Position>> => {
  const rows = await rowsOf(connection, `SELECT "agent", "epoch", "seq" FROM ${catalog}.positions`)
  const positions = rows.map(({ agent, epoch, seq }) => ({
    agent: String(agent),
    epoch: Number(epoch),
    seq: Number(seq),
  }))
  return new Map(positions.map((position) => [keyOf(position.agent, position.epoch), position]))
}

const SECOND = FLOW_COLUMNS.findIndex(({ name }) => name === 'second')

const widen = (segment: Segment, stage: Stage): void => {
  for (const { rows, columns } of stage.flows) {
    for (const second of new Uint32Array(columns[SECOND]!, 0, rows)) {
      segment.firstSecond = Math.min(segment.firstSecond, second)
      segment.lastSecond = Math.max(segment.lastSecond, second)
    }
  }
}

export const openCurrentSegment = async (
  connection: DuckDBConnection,
  segment: Segment,
): Promise<CurrentSegment> => {
  let dictionary = await readDictionary(connection, segment)
  let positions = await readPositions(connection, segment)
  let parts = await readParts(connection, segment)
  let writer: SegmentWriter | undefined = await createSegmentWriter(connection, segment)

  return {
    segment,
    get dictionary() {
      return dictionary
    },
    get parts() {
      return parts
    },
    get firstDetail() {
      return segment.details + 1
    },
    positions: () => [...positions.values()],
    lastSeq: (agent, epoch) => positions.get(keyOf(agent, epoch))?.seq,
    async write(stage, after) {
      if (!writer) throw new Error('the segment is not open')
      await writer.write(stage, dictionary, after, parts)
      for (const position of after) positions.set(keyOf(position.agent, position.epoch), position)
      segment.rows += stage.rows
      segment.details += stage.detailRows
      widen(segment, stage)
    },
    async reopen() {
      await connection.run('ROLLBACK').catch(() => undefined)
      writer?.close()
      writer = undefined
      dictionary = await readDictionary(connection, segment)
      positions = await readPositions(connection, segment)
      parts = await readParts(connection, segment)
      writer = await createSegmentWriter(connection, segment)
    },
    close() {
      writer?.close()
      writer = undefined
    },
  }
}
