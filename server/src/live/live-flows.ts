/** Topic `flows`: each record as it comes in, if the filter holds; looking costs ingest only so much time. */
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { FlowContext } from '@netscope/core/flow-record.ts'
import { decodeFlow } from '@netscope/core/flow.ts'
import { predicateOf } from '@netscope/core/query/predicate-of.ts'
import { readFilter } from '../api/query-values.ts'
import type { LiveSource, LiveTaker } from './live-source.ts'

/** Of each WINDOW_MS, so much CPU time may be spent; records beyond are skipped and counted. */
const SPEND_MS = 20
const WINDOW_MS = 100
const RECORDS_PER_LOOK = 64

interface Watcher {
  test: (reader: FlowReader) => boolean
  taker: LiveTaker
}

export interface LiveFlows extends LiveSource {
  /** Records of an agent, RECORD_BYTES each; read during the call only. */
  take(records: Buffer, context: FlowContext): void
}

export interface LiveFlowsDeps {
  /** Milliseconds of a clock that never steps back. */
  now(): number
  /** CPU time of this thread, ms: what others take meanwhile is not spent here. */
  cpuMs(): number
  /** Milliseconds since 1970. */
  wallClock(): number
}

export const createLiveFlows = ({ now, cpuMs, wallClock }: LiveFlowsDeps): LiveFlows => {
  let watchers: Watcher[] = []
  let windowEndsAtMs = 0
  let spentMs = 0
  let first = 0

  /** Texts are made once for all watchers. */
  const show = (reader: FlowReader, texts: string[], index: number): string =>
    (texts[index] ??= JSON.stringify({
      ...decodeFlow(reader),
      agent: reader.context.agent,
      stale: false,
    }))

  const feed = (
    { test, taker }: Watcher,
    reader: FlowReader,
    count: number,
    texts: string[],
    isOver: () => boolean,
  ): void => {
    for (let i = 0; i < count; i++) {
      if (i % RECORDS_PER_LOOK === 0 && isOver()) return taker.skip(count - i)
      if (test(reader.seek(i * RECORD_BYTES))) taker.push(show(reader, texts, i))
    }
  }

  return {
    open(filter, taker) {
      const watcher = { test: predicateOf(readFilter(filter), wallClock), taker }
      watchers.push(watcher)
      return () => {
        watchers = watchers.filter((other) => other !== watcher)
      }
    },
    take(records, context) {
      if (watchers.length === 0) return
      const nowMs = now()
      if (nowMs >= windowEndsAtMs) {
        windowEndsAtMs = nowMs + WINDOW_MS
        spentMs = 0
      }
      const startedAtMs = cpuMs()
      const reader = new FlowReader(records, context)
      const texts: string[] = []
      const leftMs = SPEND_MS - spentMs
      // The wall clock costs little, and no thread takes more CPU time than that.
      const isOver = () => now() - nowMs > leftMs && cpuMs() - startedAtMs > leftMs
      // Another one comes first each time, so that what is skipped is not always the same one's.
      first = (first + 1) % watchers.length
      for (const watcher of [...watchers.slice(first), ...watchers.slice(0, first)])
        feed(watcher, reader, records.length / RECORD_BYTES, texts, isOver)
      spentMs += cpuMs() - startedAtMs
    },
  }
}
