/** The filter that the server is asked for: while a query is being typed and is wrong, the one before. */
import { useMemo, useRef } from 'react'
import type { FlowFilter } from './flow-filter.ts'
import { QUERY_FIELDS } from './query-fields.ts'
import { queryError } from './query-text.ts'

export const useAsked = (filter: FlowFilter): FlowFilter => {
  const good = useRef('')
  if (!queryError(filter.q, QUERY_FIELDS)) good.current = filter.q
  const q = good.current
  return useMemo(() => ({ ...filter, q }), [filter, q])
}
