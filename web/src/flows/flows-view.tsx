/** The flow table, live or of the history, with its filter and the panel of the selected flow. */
import { useCallback, useMemo, useRef, useState } from 'react'
import { useListActions } from '../lists/list-actions.tsx'
import { replaceParams } from '../route.ts'
import { DataGrid, type GridHandle } from '../ui/data-grid.tsx'
import { useNarrow } from '../ui/use-narrow.ts'
import { ColumnMenu } from './column-menu.tsx'
import { FlowFilterBar } from './flow-filter-bar.tsx'
import { type FlowFilter, flowParams, readFlowFilter } from './flow-filter.ts'
import { FlowsFoot } from './flows-foot.tsx'
import { FlowsNotice } from './flows-notice.tsx'
import { type FlowRow, useFlows } from './use-flows.ts'
import { useAsked } from './use-asked.ts'
import { useColumnChoice } from './use-column-choice.ts'
import { StoredFoot } from './stored-foot.tsx'
import { StoredNotice } from './stored-notice.tsx'
import { useFlowColumns } from './use-flow-columns.ts'
import { useStoredFlows } from './use-stored-flows.ts'
import { useSettled } from '../ui/use-settled.ts'
import { lazyView } from '../ui/lazy-view.tsx'
import { useWidth } from '../ui/use-width.ts'

const FlowDetail = lazyView(async () => (await import('./flow-detail.tsx')).FlowDetail, null)

interface Props {
  params: URLSearchParams
  interfaces: readonly string[]
  agentConnected: boolean | undefined
  /** The server's clock, for ages. */
  nowMs: number
}

const ROW_HEIGHT = 42
const CARD_HEIGHT = 84
/** The part of the table that no row may use: the scroll bar at its right. */
const SCROLL_BAR = 15
const TYPING_MS = 250

export const FlowsView = ({ params, interfaces, agentConnected, nowMs }: Props) => {
  const filter = useMemo(() => readFlowFilter(params), [params])
  const [paused, setPaused] = useState(false)
  const [pointed, setPointed] = useState(false)
  const [selected, setSelected] = useState<string>()
  const [opened, setOpened] = useState(false)
  const asked = useSettled(useAsked(filter), TYPING_MS)
  const isStored = asked.range !== ''
  const { page, history, stream } = useFlows(isStored ? undefined : asked, { paused, pointed })
  const stored = useStoredFlows(isStored ? asked : undefined)
  const grid = useRef<GridHandle>(null)
  const actions = useListActions()

  const change = useCallback(
    (part: Partial<FlowFilter>) =>
      replaceParams('flows', flowParams({ ...filter, offset: 0, ...part })),
    [filter],
  )
  const open = useCallback(() => setOpened(true), [])
  const close = () => {
    setOpened(false)
    grid.current?.focus()
  }
  const flows = (isStored ? stored.flows : page?.flows) ?? []
  const keyOf = isStored ? keyOfPart : idOf
  const shown = useLastSeen(flows, selected, keyOf)
  const main = useRef<HTMLDivElement>(null)
  const room = useWidth(main) - SCROLL_BAR
  const narrow = useNarrow()
  const choice = useColumnChoice()
  const { all, columns, template, crowded } = useFlowColumns({
    history,
    nowMs,
    stored: isStored,
    narrow,
    wanted: choice.shown,
    room,
  })
  return (
    <div className='view'>
      <FlowFilterBar
        filter={filter}
        onChange={change}
        interfaces={interfaces}
        paused={paused}
        onPause={() => setPaused(!paused)}
      >
        <ColumnMenu columns={all} choice={choice} crowded={crowded} />
      </FlowFilterBar>
      <div className='view-body'>
        <div className='view-main' ref={main}>
          <DataGrid
            label='Flows'
            name='flow'
            columns={columns}
            template={template}
            count={flows.length}
            rowAt={(index) => flows[index] as FlowRow}
            keyOf={keyOf}
            rowHeight={narrow ? CARD_HEIGHT : ROW_HEIGHT}
            rowClass={isStored ? dropClass : rowClass}
            selected={selected}
            onSelect={setSelected}
            onOpen={open}
            rowKeys={{
              b: (flow) => actions.ask('deny', [flow.src, flow.dst]),
              a: (flow) => actions.ask('allow', [flow.src, flow.dst]),
            }}
            sort={filter.sort}
            onSort={(sort) => change({ sort })}
            onPointerInside={setPointed}
            handle={grid}
          >
            {flows.length > 0 ? null : isStored ? (
              <StoredNotice stored={stored} filter={filter} onChange={change} />
            ) : (
              <FlowsNotice
                loaded={page !== undefined}
                filter={filter}
                stream={stream}
                agentConnected={agentConnected}
                onClear={change}
              />
            )}
          </DataGrid>
          {isStored ? (
            <StoredFoot stored={stored} />
          ) : (
            <FlowsFoot
              page={page}
              filter={filter}
              stream={stream}
              held={paused ? 'paused' : pointed ? 'pointed' : ''}
              onChange={change}
            />
          )}
        </div>
        {opened && shown.flow ? (
          <FlowDetail
            flow={shown.flow}
            rates={history.of(shown.flow.id)}
            gone={shown.gone}
            onClose={close}
          />
        ) : null}
      </div>
    </div>
  )
}

const idOf = (flow: FlowRow) => flow.id
/** A flow that lives long has several parts in the history. */
const keyOfPart = (flow: FlowRow) => `${flow.id}@${flow.lastSeen}`

const dropClass = ({ verdict }: FlowRow) => (verdict === 'DROP' ? 'is-drop' : '')
const rowClass = (flow: FlowRow) => `${flow.end || flow.stale ? 'is-ended' : ''} ${dropClass(flow)}`

/** The selected flow, with its last values when it has left the table. */
const useLastSeen = (
  flows: readonly FlowRow[],
  selected: string | undefined,
  keyOf: (flow: FlowRow) => string,
) => {
  const last = useRef<FlowRow>(undefined)
  const now = flows.find((flow) => keyOf(flow) === selected)
  if (now) last.current = now
  const flow = last.current && keyOf(last.current) === selected ? last.current : undefined
  return { flow, gone: now === undefined }
}
