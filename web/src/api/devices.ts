/** Devices over HTTP; their fields are explained in docs/reference/devices.md. */
import type { AnswerOf, BodyOf } from '@netscope/core/api/client.ts'
import { api, type Schemas } from './api.ts'

export type Device = Schemas['Device']
export type DeviceDetail = Schemas['DeviceDetail']
export type DeviceScore = Schemas['DeviceScore']
export type DevicePage = AnswerOf<'listDevices'>
export type DeviceChange = BodyOf<'changeDevice'>

/** Empty values are left out. */
export const fetchDevices = (query: Readonly<Record<string, string>>) =>
  api.call('listDevices', {
    query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== '')),
  })

export const fetchDevice = (id: string) => api.call('getDevice', { path: { id } })

/** Of the last day. */
export const fetchScores = (id: string) => api.call('getDeviceScores', { path: { id } })

export const changeDevice = (id: string, body: DeviceChange) =>
  api.call('changeDevice', { path: { id }, body })
