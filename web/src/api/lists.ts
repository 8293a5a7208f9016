/** The deny and the allow list over HTTP. */
import type { ListName } from '@netscope/core/wire.ts'
import { api, type Schemas } from './api.ts'

export type { ListName }
export type ListEntry = Schemas['ListEntry']
export type ListPage = Schemas['ListPage']

export interface NewEntry {
  ip: string
  reason?: string
  expiresInSeconds?: number
}

const OF_LIST = {
  deny: { get: 'getDenyList', add: 'addToDenyList', remove: 'removeFromDenyList' },
  allow: { get: 'getAllowList', add: 'addToAllowList', remove: 'removeFromAllowList' },
} as const satisfies Record<ListName, object>

export const fetchList = (
  list: ListName,
  { match, ...page }: { offset: number; limit: number; match: string },
) => api.call(OF_LIST[list].get, { query: match === '' ? page : { ...page, match } })

/** Resolves with the canonical text once the kernel judges by it. */
export const addEntry = (list: ListName, body: NewEntry) => api.call(OF_LIST[list].add, { body })

export const removeEntry = (list: ListName, ip: string) =>
  api.call(OF_LIST[list].remove, { query: { ip } })
