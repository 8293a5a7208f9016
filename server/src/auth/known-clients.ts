/** Which clients a user has signed in from: addresses, and browsers by a cookie that lasts. */
import type { State } from '../state/open-state.ts'
import { hashSecret, isSecret } from './secret.ts'

/** Since the last sign-in from there. */
const KNOWN_MS = 180 * 86_400_000
/** Of each kind and user. */
const MOST_KNOWN = 50

export interface Client {
  address: string
  /** Cookie of a browser that somebody has signed in with; empty: none. */
  device: string
}

export interface KnownClients {
  knows(userId: string, client: Client): boolean
  /** By its cookie. */
  knowsDevice(userId: string, client: Client): boolean
  /** The user has signed in from there. */
  add(userId: string, client: Client): void
}

export const createKnownClients = (
  { db, transaction }: State,
  wallClock: () => number,
): KnownClients => {
  const select = db.prepare(
    'SELECT 1 AS known FROM known_clients WHERE user_id = ? AND kind = ? AND value = ? AND last_seen_at_ms > ?',
  )
  const upsert = db.prepare('INSERT OR REPLACE INTO known_clients VALUES (?, ?, ?, ?)')
  const deleteOldest = db.prepare(
    `DELETE FROM known_clients WHERE user_id = ? AND kind = ? AND value IN (SELECT value
       FROM known_clients WHERE user_id = ? AND kind = ? ORDER BY last_seen_at_ms DESC LIMIT -1 OFFSET ?)`,
  )

  /** Kind and value of each thing that a client is recognised by. */
  const marksOf = ({ address, device }: Client): [string, string][] => [
    ['address', address],
    ...(isSecret(device, 'nsd_')
      ? ([['device', hashSecret(device).toString('base64url')]] as [string, string][])
      : []),
  ]

  const isKnown = (userId: string, [kind, value]: [string, string]): boolean =>
    select.get(userId, kind, value, wallClock() - KNOWN_MS) !== undefined

  return {
    knows: (userId, client) => marksOf(client).some((mark) => isKnown(userId, mark)),
    knowsDevice: (userId, client) =>
      marksOf(client).some((mark) => mark[0] === 'device' && isKnown(userId, mark)),
    add: (userId, client) =>
      transaction(() => {
        for (const [kind, value] of marksOf(client)) {
          upsert.run(userId, kind, value, wallClock())
          deleteOldest.run(userId, kind, userId, kind, MOST_KNOWN)
        }
      }),
  }
}
