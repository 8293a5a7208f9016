/** The entries of both lists that hold an address. */
import { useEffect, useState } from 'react'
import { fetchList, type ListEntry, type ListName } from '../api/lists.ts'
import { useListActions } from './list-actions.tsx'
import { prefixHolds } from './prefix-holds.ts'

export interface HeldBy {
  list: ListName
  entry: ListEntry
}

const MOST = 1000

/** Empty while they are being read, and when the lists can't be read. */
export const useEntriesOf = (address: string): readonly HeldBy[] => {
  const { version } = useListActions()
  const [found, setFound] = useState<{ address: string; entries: HeldBy[] }>()
  useEffect(() => {
    let current = true
    const read = async (list: ListName): Promise<HeldBy[]> => {
      const { entries } = await fetchList(list, { offset: 0, limit: MOST, match: address })
      return entries
        .filter(({ prefix }) => prefixHolds(prefix, address))
        .map((entry) => ({ list, entry }))
    }
    Promise.all([read('deny'), read('allow')]).then(
      (lists) => current && setFound({ address, entries: lists.flat() }),
      () => current && setFound(undefined),
    )
    return () => {
      current = false
    }
  }, [address, version])
  return found?.address === address ? found.entries : []
}
