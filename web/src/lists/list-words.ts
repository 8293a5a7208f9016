/** What the two lists do, in words. */
import type { ListName } from '../api/lists.ts'

export const LIST_TITLES: Record<ListName, string> = { deny: 'Deny list', allow: 'Allow list' }
export const VERBS: Record<ListName, string> = { deny: 'Block', allow: 'Allow' }

/** The consequence of an entry. */
export const effectOf = (list: ListName, prefix: string): string =>
  list === 'deny'
    ? `Drops every packet from and to ${prefix}, in the kernel, at once. SSH is never dropped.`
    : `Passes every packet from and to ${prefix}, even where the deny list names it. Packets show as SKIP.`
