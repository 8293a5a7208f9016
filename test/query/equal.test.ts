/** A query holds for the same flows as a predicate on records, as one on flows of the API, and as SQL. */
import { createRandom } from '@netscope/agent/mock/random.ts'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { decodeFlow } from '@netscope/core/flow.ts'
import { parseQuery } from '@netscope/core/query/parse-query.ts'
import { flowPredicateOf, predicateOf } from '@netscope/core/query/predicate-of.ts'
import { sqlOf } from '@netscope/core/query/sql.ts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { randomQuery } from './random-query.ts'
import { CONTEXT, randomRecords, readerOf } from './random-records.ts'
import { createQueryTable, type QueryTable } from './table.ts'

vi.setConfig({ testTimeout: 120_000 })

const SEED = Number(process.env['NETSCOPE_SEED'] ?? 20_261_126)
const QUERIES = Number(process.env['NETSCOPE_QUERIES'] ?? 400)
const RECORDS = 300
const NOW = CONTEXT.wallOffsetMs + 5 * 60_000

const random = createRandom(SEED)
const bytes = randomRecords(RECORDS, random)
const reader = readerOf(bytes)
const flows = Array.from({ length: RECORDS }, (_, i) => ({
  ...decodeFlow(reader.seek(i * RECORD_BYTES)),
  agent: 'One',
}))

let table: QueryTable
beforeAll(async () => {
  table = await createQueryTable(reader, RECORDS)
})
afterAll(() => table.close())

const numbersWhere = (holds: (i: number) => boolean): number[] =>
  flows.flatMap((_, i) => (holds(i) ? [i] : []))

test(`${QUERIES} random queries of seed ${SEED} have one answer`, async () => {
  let some = 0
  for (let i = 0; i < QUERIES; i++) {
    const text = randomQuery(random.pick(flows as [(typeof flows)[0]]), random)
    const parsed = parseQuery(text)
    if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.error)}`)
    const inRecord = predicateOf(parsed.query, () => NOW)
    const ofFlow = flowPredicateOf(parsed.query, () => NOW)
    const found = numbersWhere((at) => inRecord(reader.seek(at * RECORD_BYTES)))
    expect({ text, found: numbersWhere((at) => ofFlow(flows[at]!)) }).toEqual({ text, found })
    const { sql, parameters } = sqlOf(parsed.query, table.columnOf, NOW)
    expect({ text, found: await table.select(sql, parameters) }).toEqual({ text, found })
    if (found.length > 0 && found.length < RECORDS) some++
  }
  // Queries for which all flows are alike would prove nothing.
  expect(some).toBeGreaterThan(QUERIES / 3)
})
