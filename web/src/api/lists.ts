/** The deny and the allow list over HTTP. */
import type { ListEntry, ListName } from '@netscope/core/wire.ts'
import { request } from './request.ts'

export type { ListEntry, ListName }

export interface ListPage {
  total: number
  entries: ListEntry[]
}

export interface NewEntry {
  ip: string
  reason?: string
  expiresInSeconds?: number
}

interface Changed {
  ok: true
  ip: string
}

const PATHS: Record<ListName, string> = { deny: '/blacklist', allow: '/whitelist' }

export const fetchList = (
  list: ListName,
  page: { offset: number; limit: number; match: string },
) => {
  const query = new URLSearchParams({ offset: String(page.offset), limit: String(page.limit) })
  if (page.match) query.set('match', page.match)
  return request<ListPage>(`${PATHS[list]}?${query}`)
}

/** Resolves with the canonical text once the kernel judges by it. */
export const addEntry = (list: ListName, entry: NewEntry) =>
  request<Changed>(PATHS[list], {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(entry),
  })

export const removeEntry = (list: ListName, ip: string) =>
  request<Changed>(`${PATHS[list]}?${new URLSearchParams({ ip })}`, { method: 'DELETE' })
