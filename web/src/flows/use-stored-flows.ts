/** The flows of the history that match a filter, page by page as somebody asks for more. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { messageOf, request } from '../api/request.ts'
import type { FlowFilter } from './flow-filter.ts'
import { storedQuery } from './stored-query.ts'
import { type TimeRange, timeRangeOf } from './time-range.ts'
import type { FlowRow } from './use-flows.ts'

interface Page {
  flows: FlowRow[]
  nextCursor?: string
}

export interface StoredFlows {
  /** undefined: not the history, or a range that is none. */
  range: TimeRange | undefined
  /** undefined until the first answer. */
  flows: readonly FlowRow[] | undefined
  /** Why the last try failed; empty: it did not. */
  error: string
  busy: boolean
  /** There is more, and room for it. */
  hasMore: boolean
  more: () => void
  /** Asks again, of a range up to now up to the new now. */
  reload: () => void
}

interface Asked {
  range: TimeRange
  query: URLSearchParams
}

/** The page holds no more of them. */
const MOST_ROWS = 10_000

/** `filter` undefined: nothing is asked for. */
export const useStoredFlows = (filter: FlowFilter | undefined): StoredFlows => {
  const [tries, setTries] = useState(0)
  // Cursors are of one range: its end stands still until it is asked for anew.
  const [asked, setAsked] = useState<Asked>()
  useEffect(() => {
    const range = filter && timeRangeOf(filter, Date.now())
    setAsked(range && { range, query: storedQuery(filter, range) })
  }, [filter, tries])
  const [got, setGot] = useState<{ of: Asked; flows: FlowRow[]; cursor?: string }>()
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  const latest = useRef(asked)
  latest.current = asked

  const load = useCallback(
    async (cursor: string | undefined, before: readonly FlowRow[]) => {
      if (!asked) return
      const query = new URLSearchParams(asked.query)
      if (cursor !== undefined) query.set('cursor', cursor)
      setBusy(true)
      try {
        const page = await request<Page>(`/api/v1/flows/stored?${query}`)
        if (latest.current !== asked) return
        const next = page.nextCursor === undefined ? {} : { cursor: page.nextCursor }
        setGot({ of: asked, flows: [...before, ...page.flows], ...next })
        setError('')
      } catch (thrown) {
        if (latest.current !== asked) return
        setError(messageOf(thrown))
      }
      setBusy(false)
    },
    [asked],
  )
  useEffect(() => {
    setError('')
    void load(undefined, [])
  }, [load])

  const current = got !== undefined && got.of === asked ? got : undefined
  const hasMore = current?.cursor !== undefined && current.flows.length < MOST_ROWS
  return {
    range: asked?.range,
    flows: current?.flows,
    error,
    busy,
    hasMore,
    more: () => {
      if (hasMore && !busy) void load(current.cursor, current.flows)
    },
    reload: () => setTries((before) => before + 1),
  }
}
