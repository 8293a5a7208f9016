/** How an entry of the audit log is bound to the one before it. */
import { createHash } from 'node:crypto'
import type { Principal } from './principal.ts'

export interface AuditEntry {
  /** From 1, without gaps. */
  seq: number
  atMs: number
  principal: Pick<Principal, 'kind' | 'id' | 'name'>
  /** What was done: `user.create`, `list.add`. */
  action: string
  /** What it was done to. */
  target: string
  before?: unknown
  after?: unknown
  /** Address that it was asked from. */
  from: string
  /** Of the entry before; of the first one, 64 zeros. */
  previousHash: string
  /** SHA-256 over everything above, in this order, as JSON (docs/reference/accounts.md). */
  hash: string
}

export const FIRST_PREVIOUS_HASH = '0'.repeat(64)

export const hashEntry = (entry: Omit<AuditEntry, 'hash'>): string => {
  const { seq, atMs, principal, action, target, before, after, from, previousHash } = entry
  const { kind, id, name } = principal
  const parts = [
    seq,
    atMs,
    kind,
    id,
    name,
    action,
    target,
    before ?? null,
    after ?? null,
    from,
    previousHash,
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** What is wrong with `entry` after `previous`; undefined: nothing. */
export const chainProblem = (
  entry: AuditEntry,
  previous: Pick<AuditEntry, 'seq' | 'hash'>,
): string | undefined => {
  if (entry.seq !== previous.seq + 1) return `entry ${previous.seq + 1} is missing`
  if (entry.previousHash !== previous.hash)
    return `entry ${entry.seq} does not follow the one before it`
  return hashEntry(entry) === entry.hash ? undefined : `entry ${entry.seq} was changed`
}
