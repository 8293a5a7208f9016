/** What could stand at the cursor of the filter box, asked of the server, which knows the values that there are. */
import type { Completions } from '@netscope/core/query/query.ts'
import { useEffect, useState } from 'react'
import { request } from '../api/request.ts'

const TYPING_MS = 120
const NONE: Completions = { from: 0, to: 0, options: [] }

/** None while nobody is typing, while the text has changed since, and where the server can't be reached. */
export const useCompletions = (text: string, cursor: number | undefined): Completions => {
  const [found, setFound] = useState<Completions & { of: string }>({ ...NONE, of: '' })
  const query =
    cursor === undefined ? '' : new URLSearchParams({ text, cursor: String(cursor) }).toString()
  useEffect(() => {
    if (query === '') return undefined
    let isWanted = true
    const ask = async (): Promise<void> => {
      const answer = await request<Completions>(`/api/v1/query/completions?${query}`).catch(
        () => NONE,
      )
      if (isWanted) setFound({ ...answer, of: query })
    }
    const timer = setTimeout(() => void ask(), TYPING_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [query])
  return query !== '' && found.of === query ? found : NONE
}
