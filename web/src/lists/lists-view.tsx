/** The deny and the allow list: what stands in them, why, since when; add and remove. */
import { useCallback, useMemo, useState } from 'react'
import type { ListEntry, ListName } from '../api/lists.ts'
import { messageOf } from '../api/request.ts'
import { formatCount, formatExact } from '../format/quantity.ts'
import { replaceParams } from '../route.ts'
import { DataGrid } from '../ui/data-grid.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { useToast } from '../ui/toast.tsx'
import { useNarrow } from '../ui/use-narrow.ts'
import { useSettled } from '../ui/use-settled.ts'
import { useListActions } from './list-actions.tsx'
import { listColumns } from './list-columns.tsx'
import { ListForm } from './list-form.tsx'
import { ListNotice } from './list-notice.tsx'
import { LIST_TITLES } from './list-words.ts'
import { PAGE_ENTRIES, useListPage } from './use-list-page.ts'

interface Props {
  params: URLSearchParams
  sizes: Record<ListName, { entries: number; capacity: number }> | undefined
}

const ROW_HEIGHT = 36
const CARD_HEIGHT = 76
const TYPING_MS = 250

export const ListsView = ({ params, sizes }: Props) => {
  const list: ListName = params.get('list') === 'allow' ? 'allow' : 'deny'
  const match = params.get('match') ?? ''
  const [offset, setOffset] = useState(0)
  const [selected, setSelected] = useState<string>()
  const { remove, version } = useListActions()
  const toast = useToast()
  const size = sizes?.[list].entries
  const settled = useSettled(match, TYPING_MS)
  const { page, error, reload } = useListPage(list, settled, offset, `${version} ${size}`)
  const go = (to: { list?: string; match?: string }) => {
    setOffset(0)
    replaceParams('lists', { list: list === 'allow' ? 'allow' : '', match, ...to })
  }
  const drop = useCallback(
    (entry: ListEntry) =>
      void remove(list, entry).catch((thrown: unknown) =>
        toast({ text: messageOf(thrown), tone: 'bad' }),
      ),
    [list, remove, toast],
  )
  const columns = useMemo(() => listColumns(drop), [drop])
  const entries = page?.entries ?? []
  const total = page?.total ?? 0
  return (
    <div className='view'>
      <div className='filter-bar' role='search'>
        <Segmented
          label='List'
          value={list}
          options={(['deny', 'allow'] as const).map(
            (name) => [name, <Tab key={name} name={name} count={sizes?.[name].entries} />] as const,
          )}
          onChange={(name) => go({ list: name === 'allow' ? 'allow' : '' })}
        />
        <SearchBox
          label='Search the list'
          placeholder='Address or reason …'
          value={match}
          onChange={(text) => go({ match: text })}
        />
      </div>
      <ListForm key={list} list={list} />
      <div className='view-body'>
        <div className='view-main'>
          <DataGrid
            label={LIST_TITLES[list]}
            name='list'
            columns={columns}
            count={entries.length}
            rowAt={(index) => entries[index] as ListEntry}
            keyOf={(entry) => entry.prefix}
            rowHeight={useNarrow() ? CARD_HEIGHT : ROW_HEIGHT}
            selected={selected}
            onSelect={setSelected}
            onOpen={setSelected}
            rowKeys={{ Delete: drop }}
          >
            {entries.length === 0 ? (
              <ListNotice
                list={list}
                match={match}
                loaded={page !== undefined}
                error={error}
                onRetry={reload}
              />
            ) : null}
          </DataGrid>
          <footer className='view-foot'>
            <span>{countText(offset, entries.length, total, match)}</span>
            {total > PAGE_ENTRIES ? (
              <span className='pager'>
                <button
                  type='button'
                  disabled={offset === 0}
                  onClick={() => setOffset(Math.max(0, offset - PAGE_ENTRIES))}
                >
                  Previous
                </button>
                <button
                  type='button'
                  disabled={offset + PAGE_ENTRIES >= total}
                  onClick={() => setOffset(offset + PAGE_ENTRIES)}
                >
                  Next
                </button>
              </span>
            ) : null}
            <span className='foot-state'>
              {sizes ? `Room for ${formatExact(sizes[list].capacity)} entries` : ''}
            </span>
          </footer>
        </div>
      </div>
    </div>
  )
}

const Tab = ({ name, count }: { name: ListName; count: number | undefined }) => (
  <>
    {name === 'deny' ? 'Deny' : 'Allow'}{' '}
    {count === undefined ? null : <span className='faint'>{formatCount(count)}</span>}
  </>
)

const countText = (offset: number, rows: number, total: number, match: string): string => {
  if (rows === 0) return ' '
  const what = match ? 'matching entries' : total === 1 ? 'entry' : 'entries'
  if (rows === total) return `${formatExact(total)} ${what}`
  return `${formatExact(offset + 1)} to ${formatExact(offset + rows)} of ${formatExact(total)} ${what}`
}
