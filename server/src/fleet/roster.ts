/** The agents of other machines that have joined, and the tokens by which they do. Secrets are kept as hashes only. */
import { createHash, randomBytes } from 'node:crypto'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Join, Joined } from '@netscope/core/wire.ts'
import type { State } from '../state/open-state.ts'

export interface Member {
  name: string
  hostname: string
  version: string
  /** Milliseconds since 1970. */
  joinedAtMs: number
  joinedFrom: string
  /** When it got the secret that it uses. */
  rotatedAtMs: number
  lastSeenMs: number
}

export interface Invitation {
  /** Part of the join token; told once. */
  secret: string
  expiresAtMs: number
}

export interface Roster {
  invite(of: { name: string; by: string; expiresInMs: number }): Invitation
  /** Throws `fleet.token` or `fleet.too-many`. */
  join(join: Join, from: string, isTaken: (name: string) => boolean): Joined
  /** Whose credential it is; from now on only this one is. undefined: nobody's. */
  memberOf(credential: string): string | undefined
  has(name: string): boolean
  /** A new secret for a member whose own is old; it counts from its first use on. undefined: there is no need. */
  rotate(name: string): string | undefined
  seen(name: string, version: string): void
  all(): Member[]
  /** False: there was none. */
  remove(name: string): boolean
}

/** As many as server/src/agents.ts remembers. */
const MAX_MEMBERS = 256
const ROTATE_AFTER_MS = 30 * 86_400_000
/** Used and expired tokens are forgotten after this. */
const KEEP_TOKENS_MS = 30 * 86_400_000

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const newSecret = (): string => randomBytes(32).toString('base64url')

export interface RosterDeps {
  state: State
  /** Milliseconds since 1970. */
  now(): number
  /** Age at which a secret is replaced. */
  rotateAfterMs?: number
}

export const createRoster = (deps: RosterDeps): Roster => {
  const { state, now, rotateAfterMs = ROTATE_AFTER_MS } = deps
  const { db } = state

  const has = (name: string): boolean =>
    db.prepare('SELECT 1 FROM agents WHERE name = ?').get(name) !== undefined

  /** Uses the token up; returns the name that it gives. */
  const useToken = (secret: string, agent: string): string => {
    const hash = hashOf(secret)
    const token = db.prepare('SELECT * FROM join_tokens WHERE hash = ?').get(hash)
    const refuse = (reason: string) => new NetscopeError('fleet.token', { reason })
    if (!token) throw refuse('is not known here')
    if (token['used_at_ms'] !== null)
      throw refuse(`was used by ${String(token['used_by'])}; it counts once`)
    if (Number(token['expires_at_ms']) <= now()) throw refuse('has expired')
    db.prepare('UPDATE join_tokens SET used_at_ms = ?, used_by = ? WHERE hash = ?').run(
      now(),
      agent,
      hash,
    )
    return String(token['name'])
  }

  const freeName = (wanted: string, isTaken: (name: string) => boolean): string => {
    const isFree = (name: string) => !has(name) && !isTaken(name)
    if (isFree(wanted)) return wanted
    for (let i = 2; i <= MAX_MEMBERS + 2; i++) {
      const name = `${wanted.slice(0, 248)}-${i}`
      if (isFree(name)) return name
    }
    throw new NetscopeError('fleet.too-many')
  }

  const join: Roster['join'] = (request, from, isTaken) =>
    state.transaction(() => {
      const given = useToken(request.secret, request.agent)
      // A token that names an agent lets that one back in: its older credential counts no more.
      const name = given === '' ? freeName(request.agent, isTaken) : given
      const count = Number(db.prepare('SELECT count(*) AS count FROM agents').get()?.['count'])
      if (count >= MAX_MEMBERS && !has(name)) throw new NetscopeError('fleet.too-many')
      const credential = newSecret()
      db.prepare('INSERT OR REPLACE INTO agents VALUES (?, ?, ?, ?, NULL, ?, ?, ?, ?)').run(
        name,
        request.hostname,
        request.version,
        hashOf(credential),
        now(),
        from,
        now(),
        now(),
      )
      return { agent: name, credential }
    })

  return {
    invite: ({ name, by, expiresInMs }) => {
      const secret = newSecret()
      const expiresAtMs = now() + expiresInMs
      state.transaction(() => {
        db.prepare('DELETE FROM join_tokens WHERE expires_at_ms < ?').run(now() - KEEP_TOKENS_MS)
        db.prepare('INSERT INTO join_tokens VALUES (?, ?, ?, ?, ?, NULL, NULL)').run(
          hashOf(secret),
          name,
          by,
          now(),
          expiresAtMs,
        )
      })
      return { secret, expiresAtMs }
    },
    join,
    memberOf: (credential) => {
      const hash = hashOf(credential)
      const found = db
        .prepare('SELECT name, next_hash FROM agents WHERE credential_hash = ? OR next_hash = ?')
        .get(hash, hash)
      if (!found) return undefined
      if (found['next_hash'] === hash)
        db.prepare(
          'UPDATE agents SET credential_hash = next_hash, next_hash = NULL, rotated_at_ms = ? WHERE name = ?',
        ).run(now(), String(found['name']))
      return String(found['name'])
    },
    has,
    rotate: (name) => {
      const found = db.prepare('SELECT rotated_at_ms FROM agents WHERE name = ?').get(name)
      if (!found || Number(found['rotated_at_ms']) + rotateAfterMs > now()) return undefined
      const credential = newSecret()
      db.prepare('UPDATE agents SET next_hash = ? WHERE name = ?').run(hashOf(credential), name)
      return credential
    },
    seen: (name, version) =>
      void db
        .prepare('UPDATE agents SET last_seen_ms = ?, version = ? WHERE name = ?')
        .run(now(), version, name),
    all: () =>
      db
        .prepare('SELECT * FROM agents ORDER BY name')
        .all()
        .map((row) => ({
          name: String(row['name']),
          hostname: String(row['hostname']),
          version: String(row['version']),
          joinedAtMs: Number(row['joined_at_ms']),
          joinedFrom: String(row['joined_from']),
          rotatedAtMs: Number(row['rotated_at_ms']),
          lastSeenMs: Number(row['last_seen_ms']),
        })),
    remove: (name) =>
      state.transaction(() => {
        db.prepare('DELETE FROM desired_entries WHERE agent = ?').run(name)
        return db.prepare('DELETE FROM agents WHERE name = ?').run(name).changes > 0
      }),
  }
}
