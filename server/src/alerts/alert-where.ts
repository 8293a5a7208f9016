/** Which alerts are asked for, as a condition of SQLite. */
import { encodePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { AlertState, WorkflowState } from './alert-row.ts'

/** All that are given must hold. */
export interface AlertFilter {
  /** At least. */
  severity?: number | undefined
  detector?: string | undefined
  /** One of them. */
  states?: readonly AlertState[] | undefined
  /** One of them, of what nothing holds back; with `states`: one of either. */
  workflows?: readonly WorkflowState[] | undefined
  /** The address lies in it; a MAC is written as a text. */
  src?: Prefix | string | undefined
  dst?: Prefix | string | undefined
  /** Seen at this moment or later, milliseconds since 1970. */
  sinceMs?: number | undefined
}

type SqlValue = number | string | Uint8Array

export interface AlertWhere {
  sql: string
  values: SqlValue[]
}

/** 16 bytes, or null: it is no address. */
export const addressBytes = (text: string): Uint8Array | null => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  return encodePrefix(text, bytes, 0) === undefined ? bytes.slice(4) : null
}

/** The last address of the prefix. */
const lastOf = ({ addr, length }: Prefix): Uint8Array =>
  addr.map((byte, i) => byte | (0xff >> Math.min(8, Math.max(0, length - 8 * i))))

const holes = (values: readonly string[] = []): string => values.map(() => '?').join(', ')

export const whereOf = (filter: AlertFilter): AlertWhere => {
  const { severity, detector, states, workflows, sinceMs } = filter
  const conditions: string[] = ['1']
  const values: SqlValue[] = []
  const add = (sql: string, ...more: SqlValue[]): void => {
    conditions.push(sql)
    values.push(...more)
  }
  if (severity !== undefined) add('severity >= ?', severity)
  if (detector !== undefined) add('detector = ?', detector)
  if (states || workflows)
    add(
      `(state IN (${holes(states)}) OR (workflow IN (${holes(workflows)}) AND state IN ('active', 'ended')))`,
      ...(states ?? []),
      ...(workflows ?? []),
    )
  if (sinceMs !== undefined) add('last_ms >= ?', sinceMs)
  for (const side of ['src', 'dst'] as const) {
    const wanted = filter[side]
    if (typeof wanted === 'string') add(`${side}_mac = ?`, wanted)
    // SQLite compares bytes as memcmp does.
    else if (wanted) add(`${side} BETWEEN ? AND ?`, wanted.addr, lastOf(wanted))
  }
  return { sql: conditions.join(' AND '), values }
}
