/** GET /api/v1/devices: all pages, one after the other. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { requestJson } from '../client/request.ts'

/** What of a device is shown here; the API gives more (docs/reference/devices.md). */
export interface DeviceRow {
  id: string
  ip: string
  mac: string
  hostname: string
  vendor: string
  agent_id: string
  status: string
  bandwidth_tx_bps: number
  bandwidth_rx_bps: number
  open_ports: number[]
  last_seen: string
  name: string
  role: string
  randomized_mac: boolean
}

interface DevicePage {
  devices: DeviceRow[]
  nextCursor?: string
}

const PAGE = 500

const readPage = (body: unknown, url: URL): DevicePage => {
  const { devices } = (body ?? {}) as Partial<DevicePage>
  if (Array.isArray(devices)) return body as DevicePage
  const reason = 'that is no page of devices.'
  throw new NetscopeError('client.refused', { url: url.origin, status: 200, reason })
}

export async function* devicePages(
  base: URL,
  query: Readonly<Record<string, string>>,
): AsyncGenerator<DeviceRow[]> {
  let cursor: string | undefined
  do {
    const url = new URL('api/v1/devices', base)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    url.searchParams.set('limit', String(PAGE))
    if (cursor !== undefined) url.searchParams.set('cursor', cursor)
    const page = readPage(await requestJson(url), url)
    yield page.devices
    cursor = page.nextCursor
  } while (cursor !== undefined)
}
