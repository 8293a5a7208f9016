/** One page of a list, read again whenever something says that it has changed. */
import { useCallback, useEffect, useState } from 'react'
import { fetchList, type ListName, type ListPage } from '../api/lists.ts'
import { messageOf } from '../api/request.ts'

export const PAGE_ENTRIES = 1000

interface Loaded {
  list: ListName
  page: ListPage
}

/** `change` is any text that differs once the list may have changed. */
export const useListPage = (list: ListName, match: string, offset: number, change: string) => {
  const [loaded, setLoaded] = useState<Loaded>()
  const [error, setError] = useState('')
  const [tries, setTries] = useState(0)
  useEffect(() => {
    let current = true
    const done = (next: ListPage | undefined, problem: string) => {
      if (!current) return
      if (next) setLoaded({ list, page: next })
      setError(problem)
    }
    fetchList(list, { offset, limit: PAGE_ENTRIES, match }).then(
      (page) => done(page, ''),
      (thrown: unknown) => done(undefined, messageOf(thrown)),
    )
    return () => {
      current = false
    }
  }, [list, match, offset, change, tries])
  const reload = useCallback(() => setTries((before) => before + 1), [])
  return { page: loaded?.list === list ? loaded.page : undefined, error, reload }
}
