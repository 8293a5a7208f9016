/** The live packet table. */
import { useCallback, useMemo, useRef, useState } from 'react'
import { useVisible } from '../api/use-visible.ts'
import { useListActions } from '../lists/list-actions.tsx'
import { replaceParams } from '../route.ts'
import { DataGrid, type GridHandle } from '../ui/data-grid.tsx'
import { useNarrow } from '../ui/use-narrow.ts'
import { EVENT_COLUMNS } from './event-columns.tsx'
import { EventDetail } from './event-detail.tsx'
import { EventFilterBar } from './event-filter-bar.tsx'
import { type EventFilter, readEventFilter } from './event-filter.ts'
import type { EventStore } from './event-store.ts'
import { EventsFoot } from './events-foot.tsx'
import { EventsNotice } from './events-notice.tsx'
import type { PacketEvent } from './packet-event.ts'
import { useEvents } from './use-events.ts'

interface Props {
  params: URLSearchParams
  store: EventStore
  agentConnected: boolean | undefined
  /** Packets that the kernel's rate limit left out since it started; undefined before the first status. */
  skipped: number | undefined
}

const ROW_HEIGHT = 28
const CARD_HEIGHT = 58

const keyOf = (event: PacketEvent) => String(event.seq)

export const EventsView = ({ params, store, agentConnected, skipped }: Props) => {
  const filter = useMemo(() => readEventFilter(params), [params])
  const { rows, stream } = useEvents(store, filter)
  const [selected, setSelected] = useState<string>()
  const [opened, setOpened] = useState<PacketEvent>()
  const byScroll = useRef(false)
  const grid = useRef<GridHandle>(null)
  const actions = useListActions()
  const visible = useVisible()
  const skippedBefore = useRef<number>(undefined)
  skippedBefore.current ??= skipped
  const narrow = useNarrow()

  const change = (part: Partial<EventFilter>) => replaceParams('events', { ...filter, ...part })
  const resume = useCallback(() => {
    byScroll.current = false
    store.resume()
    setSelected(undefined)
    grid.current?.scrollToTop()
  }, [store])
  const select = useCallback(
    (key: string | undefined) => {
      store.hold()
      setSelected(key)
    },
    [store],
  )
  const open = useCallback(
    (key: string) => {
      const { count, at } = store.rows()
      for (let i = 0; i < count; i++) if (keyOf(at(i)) === key) setOpened(at(i))
    },
    [store],
  )
  // Looking at older rows holds the table; going back to the newest lets it run again.
  const scrolled = useCallback(
    (away: boolean) => {
      if (away && !store.rows().held) {
        byScroll.current = true
        store.hold()
      } else if (!away && byScroll.current) {
        byScroll.current = false
        store.resume()
      }
    },
    [store],
  )
  const hold = () => {
    if (rows.held) return resume()
    byScroll.current = false
    store.hold()
  }
  return (
    <div className='view'>
      <EventFilterBar
        filter={filter}
        onChange={change}
        held={rows.held}
        onHold={hold}
        onClear={store.clear}
      />
      <div className='view-body'>
        <div className='view-main'>
          <DataGrid
            label='Packets'
            name='event'
            columns={EVENT_COLUMNS}
            count={rows.count}
            rowAt={rows.at}
            keyOf={keyOf}
            rowHeight={narrow ? CARD_HEIGHT : ROW_HEIGHT}
            rowClass={(event) => `is-${event.action.toLowerCase()}`}
            selected={selected}
            onSelect={select}
            onOpen={open}
            rowKeys={{
              b: (event) => actions.ask('deny', [event.src, event.dst]),
              a: (event) => actions.ask('allow', [event.src, event.dst]),
            }}
            onScrolledAway={scrolled}
            handle={grid}
          >
            {rows.count === 0 ? (
              <EventsNotice rows={rows} stream={stream} agentConnected={agentConnected} />
            ) : null}
          </DataGrid>
          {rows.held && rows.waiting > 0 ? (
            <button type='button' className='newer' onClick={resume}>
              {rows.waiting.toLocaleString('en-US')} newer · show
            </button>
          ) : null}
          <EventsFoot
            rows={rows}
            stream={stream}
            visible={visible}
            skipped={(skipped ?? 0) - (skippedBefore.current ?? 0)}
          />
        </div>
        {opened ? (
          <EventDetail
            event={opened}
            onClose={() => {
              setOpened(undefined)
              grid.current?.focus()
            }}
          />
        ) : null}
      </div>
    </div>
  )
}
