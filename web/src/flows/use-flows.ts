/** The flows that match a filter, refreshed each second; held still while paused or pointed at. */
import type { Flow } from '@netscope/core/flow.ts'
import { useEffect, useRef, useState } from 'react'
import type { StreamState } from '../api/stream.ts'
import { useStream } from '../api/use-stream.ts'
import { type FlowFilter, flowQuery } from './flow-filter.ts'
import { holdOrder } from './held-order.ts'
import { createRateHistory, type RateHistory } from './rate-history.ts'

/** A flow as the API shows it. */
export interface FlowRow extends Flow {
  agent?: string
  /** Its agent is away, or has not confirmed it since it came back. */
  stale?: boolean
}

export interface FlowPage {
  total: number
  flows: FlowRow[]
}

interface Flows {
  page: FlowPage | undefined
  history: RateHistory
  stream: StreamState
}

const SILENCE_MS = 6000

/** `filter` undefined: nothing is asked for. */
export const useFlows = (
  filter: FlowFilter | undefined,
  holds: { paused: boolean; pointed: boolean },
): Flows => {
  const [page, setPage] = useState<FlowPage>()
  const history = useRef<RateHistory>(undefined)
  history.current ??= createRateHistory()
  const query = filter && flowQuery(filter)
  // The first answer to a new query is shown whatever holds the table still.
  const fresh = useRef(true)
  useEffect(() => {
    fresh.current = true
  }, [query])

  const take = (data: string) => {
    const next = JSON.parse(data) as FlowPage
    history.current?.add(next.flows, Date.now())
    if (holds.paused && !fresh.current) return
    const before = holds.pointed && !fresh.current ? page?.flows : undefined
    fresh.current = false
    setPage(before ? { ...next, flows: holdOrder(next.flows, idOf, before.map(idOf)) } : next)
  }
  const options = { silenceMs: SILENCE_MS, explainUrl: `/api/v1/flows?${query}` }
  const url = query === undefined ? undefined : `/api/v1/flows/stream?${query}`
  const stream = useStream(url, { flows: take }, options)
  return { page, history: history.current, stream }
}

const idOf = (flow: Flow) => flow.id
