/** For tests: a process that appends one batch after the other and says which are durable, to be killed. */
import { pino } from 'pino'
import { createAgentContext } from '../flows/agent-context.ts'
import { createDuckdbStore } from '../store/duckdb-store.ts'
import { flowRecord } from './flow-record.ts'

/** Records of a batch; slot and port tell which one it is. */
export const BATCH_RECORDS = 50
export const START_MS = 1_700_000_000_000

export const batchRecords = (seq: number): Buffer =>
  Buffer.concat(
    Array.from({ length: BATCH_RECORDS }, (_, i) =>
      flowRecord({ slot: seq, srcPort: 1000 + i, end: 1, lastNs: seq * 1e6, sni: 1 + (seq % 50) }),
    ),
  )

export const appendContext = () => {
  const context = createAgentContext('host-a')
  context.wallOffsetMs = START_MS
  const texts = Array.from({ length: 50 }, (_, i): [number, string] => [i + 1, `n${i}.example`])
  context.dictionary.add({ texts, processes: [] })
  return context
}

const run = async (folder: string): Promise<void> => {
  const store = createDuckdbStore(
    {
      folder,
      memoryMb: 128,
      commitRecords: 4000,
      threads: 1,
      segmentRows: 4000,
      retainDays: 36_500,
      maxBytes: 2 ** 30,
    },
    { log: pino({ level: 'silent' }) },
  )
  await store.start()
  const context = appendContext()
  const first = (store.lastSeq('host-a', 1) ?? 0) + 1
  process.stdout.write(`from ${first}\n`)
  for (let seq = first; ; seq++) {
    const records = batchRecords(seq)
    void store
      .append({ agent: 'host-a', epoch: 1, seq, records, context })
      .then(() => process.stdout.write(`durable ${seq}\n`))
    if (seq % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    while (store.backlogBytes > 4e6) await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

const [, script, folder] = process.argv
if (script === import.meta.filename && folder !== undefined) await run(folder)
