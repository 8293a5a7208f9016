/** What is on the network: a table, and everything about the device that is chosen. */
import { useCallback, useState } from 'react'
import { type Device, fetchDevices } from '../api/devices.ts'
import { formatExact } from '../format/quantity.ts'
import { replaceParams } from '../route.ts'
import { DataGrid } from '../ui/data-grid.tsx'
import { Notice } from '../ui/notice.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { Select } from '../ui/select.tsx'
import { useNarrow } from '../ui/use-narrow.ts'
import { useSettled } from '../ui/use-settled.ts'
import { DEVICE_COLUMNS } from './device-columns.tsx'
import { DevicePanel } from './device-detail.tsx'
import { usePolled } from './use-polled.ts'

const ROW_HEIGHT = 36
const CARD_HEIGHT = 76
const TYPING_MS = 250
const AGAIN_MS = 2000
/** The most that the API gives at once. */
const SHOWN = '1000'
const STATUSES = ['online', 'offline', 'unknown']

export const DevicesView = ({ params }: { params: URLSearchParams }) => {
  const given = (name: string) => params.get(name) ?? ''
  const [status, q, sort, open] = [given('status'), given('q'), given('sort'), given('device')]
  const settled = useSettled(q, TYPING_MS)
  const [selected, setSelected] = useState<string | undefined>(open || undefined)
  const go = (to: Record<string, string>) =>
    replaceParams('devices', { status, q, sort, device: open, ...to })
  const order = sort || '-last_seen'
  const ask = useCallback(
    () => fetchDevices({ status, q: settled, sort: order, limit: SHOWN }),
    [status, settled, order],
  )
  const { answer: page, error, reload } = usePolled(`${status} ${order} ${settled}`, ask, AGAIN_MS)
  const devices = page?.devices ?? []
  return (
    <div className='view'>
      <div className='filter-bar' role='search'>
        <Select
          label='Status'
          value={status}
          options={STATUSES}
          onChange={(value) => go({ status: value })}
        />
        <SearchBox
          label='Search devices'
          placeholder='Name, address, maker, role …'
          value={q}
          onChange={(text) => go({ q: text })}
        />
      </div>
      <div className='view-body'>
        <div className='view-main'>
          <DataGrid<Device>
            label='Devices'
            name='device'
            columns={DEVICE_COLUMNS}
            count={devices.length}
            rowAt={(index) => devices[index] as Device}
            keyOf={({ id }) => id}
            rowHeight={useNarrow() ? CARD_HEIGHT : ROW_HEIGHT}
            rowClass={(device) => (device.status === 'online' ? '' : 'device-away')}
            selected={selected}
            onSelect={setSelected}
            onOpen={(id) => go({ device: id })}
            sort={order}
            onSort={(to) => go({ sort: orderOf(to) })}
          >
            {devices.length === 0 ? (
              <Empty isAsked={page !== undefined} isFiltered={status + q !== ''} error={error} />
            ) : null}
          </DataGrid>
          <footer className='view-foot'>
            <span>{page ? countText(devices.length, page.total) : ' '}</span>
            <span className='foot-state'>{page && error ? error : ''}</span>
          </footer>
        </div>
        {open ? (
          <DevicePanel key={open} id={open} onClose={() => go({ device: '' })} onChanged={reload} />
        ) : null}
      </div>
    </div>
  )
}

/** Each order has one direction: names and addresses from the first, figures and times from the largest. */
const orderOf = (sort: string): string => {
  const field = sort.replace('-', '')
  return field === 'hostname' || field === 'ip' ? field : `-${field}`
}

const countText = (shown: number, total: number): string => {
  if (shown < total) return `The first ${formatExact(shown)} of ${formatExact(total)} devices`
  return `${formatExact(total)} ${total === 1 ? 'device' : 'devices'}`
}

interface EmptyProps {
  isAsked: boolean
  isFiltered: boolean
  error: string
}

const Empty = ({ isAsked, isFiltered, error }: EmptyProps) => {
  if (error)
    return (
      <Notice title='The devices cannot be shown' tone='bad'>
        {error}
      </Notice>
    )
  if (!isAsked) return <Notice title='Looking …' />
  if (isFiltered) return <Notice title='No device is like that' />
  return (
    <Notice title='No device has been seen yet'>
      A device appears as soon as it speaks on a network of an agent.
    </Notice>
  )
}
