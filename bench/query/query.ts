/** Queries as predicates on records in place, beside tests written by hand and beside decoding every flow. */
import { parseQuery } from '@netscope/core/query/parse-query.ts'
import { flowPredicateOf, predicateOf } from '@netscope/core/query/predicate-of.ts'
import { decodeFlow } from '@netscope/core/flow.ts'
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { Query } from '@netscope/core/query/query.ts'
import { KEY, SLOT } from '@netscope/core/slot.ts'
import { createAgentContext } from '@netscope/server/flows/agent-context.ts'
import { flowRecord } from '@netscope/server/fakes/flow-record.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { interleave, median, pairedRatio } from '../rig/statistics.ts'
import { figure, type Row } from '../rig/table.ts'

type RecordTest = (reader: FlowReader) => boolean

const CURL = 5
const IPV4_10 = 0x0a

/** What somebody would write who knows the layout by heart. */
const BY_HAND: Readonly<Record<string, RecordTest>> = {
  'dstPort = 443': (r) => r.port('dst') === 443,
  'src in 10.0.0.0/8': (r) => {
    const at = r.address('src')
    return r.view.getUint32(at + 8) === 0xffff && r.view.getUint8(at + 12) === IPV4_10
  },
  'bytes > 1MB': (r) => r.pair64(SLOT.bytes, 'src') + r.pair64(SLOT.bytes, 'dst') > 1e6,
  'process ~ "curl"': (r) =>
    r.extra32(ENRICHMENT.process, 'src') === CURL || r.extra32(ENRICHMENT.process, 'dst') === CURL,
  'src in 10.0.0.0/8 and dstPort = 443 and bytes > 1MB and process ~ "curl"': (r) => {
    const at = r.address('src')
    return (
      r.port('dst') === 443 &&
      r.view.getUint32(at + 8) === 0xffff &&
      r.view.getUint8(at + 12) === IPV4_10 &&
      r.pair64(SLOT.bytes, 'src') + r.pair64(SLOT.bytes, 'dst') > 1e6 &&
      (r.extra32(ENRICHMENT.process, 'src') === CURL ||
        r.extra32(ENRICHMENT.process, 'dst') === CURL)
    )
  },
  'not (protocol = tcp or verdict = DROP)': (r) =>
    !(r.view.getUint8(r.key + KEY.protocol) === 6 || r.view.getUint8(r.slot + SLOT.verdict) === 1),
}

const createRecords = (count: number): FlowReader => {
  const bytes = new Uint8Array(count * RECORD_BYTES)
  for (let i = 0; i < count; i++)
    bytes.set(
      flowRecord({
        slot: i,
        src: `${i % 3 === 0 ? 10 : 172}.0.${(i >> 8) & 255}.${i & 255}`,
        dstPort: i % 2 === 0 ? 443 : 1024 + (i % 60_000),
        protocol: i % 5 === 0 ? 17 : 6,
        verdict: i % 11 === 0 ? 1 : 0,
        srcBytes: (i * 7919) % 3_000_000,
        srcProcess: 1 + (i % 50),
      }),
      i * RECORD_BYTES,
    )
  const context = createAgentContext('a')
  context.dictionary.add({
    texts: [],
    processes: Array.from({ length: 50 }, (_, i) => [
      i + 1,
      { pid: 100 + i, uid: 0, command: i + 1 === CURL ? 'curl' : `process-${i}` },
    ]),
  })
  return new FlowReader(bytes, context)
}

const queryOf = (text: string): Query => {
  const result = parseQuery(text)
  if (!result.ok) throw new Error(result.error.message)
  return result.query
}

/** Nanoseconds a record; throws where it does not find as many as there are. */
const measured =
  (reader: FlowReader, count: number, found: number, test: RecordTest) => (): number => {
    const before = performance.now()
    let holds = 0
    for (let i = 0; i < count; i++) if (test(reader.seek(i * RECORD_BYTES))) holds++
    const ns = ((performance.now() - before) * 1e6) / count
    if (holds !== found) throw new Error(`found ${holds} flows, not ${found}`)
    return ns
  }

const measure = async (
  text: string,
  byHand: RecordTest,
  reader: FlowReader,
  count: number,
  { quick, say }: Setting,
): Promise<Row> => {
  say(text)
  const query = queryOf(text)
  const decoded = flowPredicateOf(query, Date.now)
  let found = 0
  for (let i = 0; i < count; i++) if (byHand(reader.seek(i * RECORD_BYTES))) found++
  const few = Math.min(count, 2000)
  let foundInFew = 0
  for (let i = 0; i < few; i++) if (byHand(reader.seek(i * RECORD_BYTES))) foundInFew++
  const samples = await interleave(quick ? 7 : 41, {
    query: measured(reader, count, found, predicateOf(query, Date.now)),
    byHand: measured(reader, count, found, byHand),
    decoded: measured(reader, few, foundInFew, (r) => decoded({ ...decodeFlow(r), agent: 'a' })),
  })
  const ratio = pairedRatio(samples.query, samples.byHand)
  return {
    name: `\`${text}\``,
    cells: [
      String(found),
      figure(median(samples.query)),
      figure(median(samples.byHand)),
      `${figure(ratio)} ×`,
      figure(median(samples.decoded)),
    ],
  }
}

export const queryBenchmark: Benchmark = {
  name: 'query',
  description: 'queries on records in place, beside tests written by hand',
  async run(setting) {
    const count = setting.quick ? 20_000 : 200_000
    const reader = createRecords(count)
    const rows: Row[] = []
    for (const [text, byHand] of Object.entries(BY_HAND))
      rows.push(await measure(text, byHand, reader, count, setting))
    return [
      {
        title: `Of ${count} flow records, nanoseconds each (median)`,
        columns: ['found', 'query', 'by hand', 'ratio', 'decoded first'],
        rows,
        notes: [
          'decoded first: each flow becomes an object as the API gives it, which is then tested.',
        ],
      },
    ]
  },
}
