/** Channels over HTTP: docs/reference/notifications.md. */
import type { BodyOf } from '@netscope/core/api/client.ts'
import { api, type Schemas } from './api.ts'

export type Channel = Schemas['Channel']
export type ChannelKind = Schemas['ChannelKind']
export type Notification = Schemas['Notification']

export const fetchChannels = () => api.call('listChannels', {})
export const fetchChannelKinds = () => api.call('listChannelKinds', {})
export const fetchNotifications = () => api.call('listNotifications', { query: { limit: 50 } })
export const addChannel = (body: BodyOf<'addChannel'>) => api.call('addChannel', { body })
export const changeChannel = (name: string, body: BodyOf<'changeChannel'>) =>
  api.call('changeChannel', { path: { name }, body })
export const switchChannel = (name: string, enabled: boolean) => changeChannel(name, { enabled })
export const removeChannel = (name: string) => api.call('removeChannel', { path: { name } })
export const testChannel = (name: string) => api.call('testChannel', { path: { name } })
