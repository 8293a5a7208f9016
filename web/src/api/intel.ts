/** Feeds, providers and look-ups over HTTP: docs/reference/threat-intel.md. */
import type { BodyOf } from '@netscope/core/api/client.ts'
import { api, type Schemas } from './api.ts'

export type Feed = Schemas['Feed']
export type FeedDetail = Schemas['FeedDetail']
export type Provider = Schemas['IntelProvider']
export type ThreatLookup = Schemas['ThreatLookup']

export const fetchFeeds = () => api.call('listFeeds', {})
export const fetchProviders = () => api.call('listIntelProviders', {})
export const addFeed = (body: BodyOf<'addFeed'>) => api.call('addFeed', { body })
export const setFeedBlock = (name: string, block: boolean) =>
  api.call('changeFeed', { path: { name }, body: { block } })
export const removeFeed = (name: string) => api.call('removeFeed', { path: { name } })
export const fetchFeed = (name: string) => api.call('getFeed', { path: { name } })
export const refreshFeed = (name: string) => api.call('refreshFeed', { path: { name } })
export const lookUpThreat = (ip: string) => api.call('lookUpThreat', { path: { ip } })

/** To whom an address belongs, and the feeds that it is on. */
export const fetchAddress = (ip: string) => api.call('getAddress', { path: { ip } })
