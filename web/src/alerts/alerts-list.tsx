/** The alerts themselves: a table, and the evidence of the one that is chosen. */
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { type Alert, fetchAlerts } from '../api/alerts.ts'
import { usePolled } from '../devices/use-polled.ts'
import { formatExact } from '../format/quantity.ts'
import { replaceParams } from '../route.ts'
import { DataGrid } from '../ui/data-grid.tsx'
import { Notice } from '../ui/notice.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { Select } from '../ui/select.tsx'
import { useNarrow } from '../ui/use-narrow.ts'
import { useSettled } from '../ui/use-settled.ts'
import { ALERT_COLUMNS } from './alert-columns.tsx'
import { AlertPanel } from './alert-panel.tsx'

const ROW_HEIGHT = 48
const CARD_HEIGHT = 92
const TYPING_MS = 400
const AGAIN_MS = 2000
const SHOWN = '500'
const SEVERITIES: [string, string][] = [
  ['low', 'low and above'],
  ['medium', 'medium and above'],
  ['high', 'high and above'],
  ['critical', 'critical'],
]
const STATES: [string, string][] = [
  ['active', 'goes on'],
  ['ended', 'over'],
  ['open', 'open'],
  ['acknowledged', 'acknowledged'],
  ['resolved', 'resolved'],
  ['suppressed', 'silenced'],
  ['false-positive', 'false positive'],
  ['all', 'all'],
]

interface Props {
  params: URLSearchParams
  /** The choice of the part that is shown. */
  parts: ReactNode
}

export const AlertsList = ({ params, parts }: Props) => {
  const given = (name: string) => params.get(name) ?? ''
  const [severity, state, filter] = [given('severity'), given('state'), given('filter')]
  const [sort, open] = [given('sort'), given('alert')]
  const settled = useSettled(filter, TYPING_MS)
  const [selected, setSelected] = useState<string | undefined>(open || undefined)
  useEffect(() => {
    if (open) setSelected(open)
  }, [open])
  const go = (to: Record<string, string>) =>
    replaceParams('alerts', { severity, state, filter, sort, alert: open, ...to })
  const order = sort || '-lastSeen'
  const ask = useCallback(
    () => fetchAlerts({ severity, state, filter: settled, sort: order, limit: SHOWN }),
    [severity, state, settled, order],
  )
  const question = [severity, state, order, settled].join(' ')
  const { answer: page, error, reload } = usePolled(question, ask, AGAIN_MS)
  const alerts = page?.alerts ?? []
  return (
    <>
      <div className='filter-bar' role='search'>
        {parts}
        <Select
          label='Severity'
          value={severity}
          options={SEVERITIES}
          onChange={(value) => go({ severity: value })}
        />
        <Select
          label='State'
          value={state}
          options={STATES}
          onChange={(value) => go({ state: value })}
        />
        <SearchBox
          label='Filter alerts'
          placeholder='detector = scan and src in 10.0.0.0/8'
          value={filter}
          onChange={(text) => go({ filter: text })}
        />
      </div>
      <div className='view-body'>
        <div className='view-main'>
          <DataGrid<Alert>
            label='Alerts'
            name='alert'
            columns={ALERT_COLUMNS}
            count={alerts.length}
            rowAt={(index) => alerts[index] as Alert}
            keyOf={({ id }) => id}
            rowHeight={useNarrow() ? CARD_HEIGHT : ROW_HEIGHT}
            rowClass={(alert) => (alert.state === 'active' ? '' : 'alert-past')}
            selected={selected}
            onSelect={setSelected}
            onOpen={(id) => go({ alert: id })}
            sort={order}
            onSort={(to) => go({ sort: `-${to.replace('-', '')}` })}
          >
            {alerts.length === 0 ? (
              <Empty
                isAsked={page !== undefined}
                isFiltered={severity + state + filter !== ''}
                error={error}
              />
            ) : null}
          </DataGrid>
          <footer className='view-foot'>
            <span>{page ? countText(alerts.length, page.total, page.suppressed) : ' '}</span>
            <span className='foot-state'>{page && error ? error : ''}</span>
          </footer>
        </div>
        {open ? (
          <AlertPanel key={open} id={open} onClose={() => go({ alert: '' })} onChanged={reload} />
        ) : null}
      </div>
    </>
  )
}

const countText = (shown: number, total: number, suppressed: number): string => {
  const all = `${formatExact(total)} ${total === 1 ? 'alert' : 'alerts'}`
  const what = shown < total ? `The first ${formatExact(shown)} of ${all}` : all
  return suppressed > 0 ? `${what} · ${formatExact(suppressed)} silenced` : what
}

interface EmptyProps {
  isAsked: boolean
  isFiltered: boolean
  error: string
}

const Empty = ({ isAsked, isFiltered, error }: EmptyProps) => {
  if (error)
    return (
      <Notice title='The alerts cannot be shown' tone='bad'>
        {error}
      </Notice>
    )
  if (!isAsked) return <Notice title='Looking …' />
  if (isFiltered) return <Notice title='No alert is like that' />
  return (
    <Notice title='Nothing has been found'>
      The detectors look at every flow and at what hosts say about themselves.
    </Notice>
  )
}
