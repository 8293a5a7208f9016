/** Devices over HTTP; their fields are explained in docs/reference/devices.md. */
import { request } from './request.ts'

export interface Device {
  id: string
  ip: string
  mac: string
  hostname: string
  vendor: string
  agent_id: string
  status: 'online' | 'offline' | 'unknown'
  bandwidth_tx_bps: number
  bandwidth_rx_bps: number
  open_ports: number[]
  risk_score: number | null
  trust_score: number | null
  last_seen: string
  created_at: string
  name: string
  role: string
  roles: string[]
  trusted: boolean | null
  randomized_mac: boolean
  interface: string
  vlan: number
}

export interface DeviceDetail extends Device {
  note: string
  names: { source: string; name: string; last_seen: string }[]
  addresses: { ip: string; first_seen: string; last_seen: string; previous_mac: string }[]
  ports: { protocol: string; port: number; first_seen: string; last_seen: string }[]
  services: { type: string; instance: string; port: number; last_seen: string }[]
  evidence: { role: string; detail: string; last_seen: string }[]
  bandwidth: { time: string; tx_bps: number; rx_bps: number }[]
}

export interface DevicePage {
  total: number
  devices: Device[]
  nextCursor?: string
}

export type DeviceChange = Partial<Pick<DeviceDetail, 'name' | 'role' | 'note' | 'trusted'>>

/** Empty values are left out. */
export const fetchDevices = (query: Readonly<Record<string, string>>) => {
  const given = Object.entries(query).filter(([, value]) => value !== '')
  return request<DevicePage>(`/api/v1/devices?${new URLSearchParams(given)}`)
}

const pathOf = (id: string): string => `/api/v1/devices/${encodeURIComponent(id)}`

export const fetchDevice = (id: string) => request<DeviceDetail>(pathOf(id))

export const changeDevice = (id: string, change: DeviceChange) =>
  request<DeviceDetail>(pathOf(id), {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  })
