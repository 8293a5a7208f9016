/**
 * Which server the agent belongs to, and by which secret it is known there: the Unix socket of this machine, or a
 * server that it has joined. What it got when it joined is kept in a file of its own.
 */
import { createHash } from 'node:crypto'
import { ConfigError } from '@netscope/core/config/config-error.ts'
import {
  formatServerAddress,
  parseJoinToken,
  parseServerAddress,
  type JoinToken,
  type ServerAddress,
} from '@netscope/core/server-address.ts'
import type { Joined } from '@netscope/core/wire.ts'
import { readKeptJson, writeKeptJson } from '../kept-json.ts'

export interface MembershipConfig {
  /** Unix socket; used when neither server nor token is given. */
  socket: string
  /** Address of the server; empty: that of the token. */
  server: string
  /** Join token; it counts once, later it is not looked at. */
  token: string
  /** File with the certificates of the authorities that may vouch for the server; empty: its fingerprint does. */
  ca: string
  /** File that keeps the credential. */
  credentialPath: string
}

export type Place =
  | { kind: 'socket'; path: string }
  | ({ kind: 'tls'; fingerprint: string; ca: string } & ServerAddress)

export interface Membership {
  readonly place: Place
  /** For the log. */
  readonly where: string
  /** The name by which the server knows us; undefined: the one in our configuration. */
  name(): string | undefined
  /** undefined: none is needed, or we have not joined yet. */
  credential(): string | undefined
  /** Secret to join with; undefined when there is no need to. */
  joinSecret(): string | undefined
  /** Keeps what the server gave us; throws when the disk does not take it. */
  joined(given: Joined): void
  /** Keeps a new secret, which counts from the next connection on. */
  replace(credential: string): void
}

interface Kept extends Joined {
  fingerprint: string
  server: string
  /** SHA-256 of the token: the same one is not used again. */
  token: string
}

/** Reads the file; throws ConfigError when server and token don't say where to go. */
export const createMembership = (config: MembershipConfig): Membership => {
  if (config.server === '' && config.token === '') return localMembership(config.socket)
  const token = config.token === '' ? undefined : parseJoinToken(config.token.trim())
  if (config.token !== '' && !token) throw wrong('uplink.token', 'It is no join token.')
  const tokenHash = createHash('sha256').update(config.token.trim()).digest('hex')
  let kept = readKept(config.credentialPath)
  if (token && kept?.token !== tokenHash) kept = undefined
  const place = placeOf(config, token, kept)
  const where = formatServerAddress(place)

  const write = (next: Kept): void => {
    // It counts even if the disk does not take it: the token is used up.
    kept = next
    writeKeptJson(config.credentialPath, next)
  }
  return {
    place,
    where,
    name: () => kept?.agent,
    credential: () => kept?.credential,
    joinSecret: () => (kept ? undefined : token?.secret),
    joined: ({ agent, credential }) => {
      const { fingerprint } = place
      write({ agent, credential, fingerprint, server: where, token: tokenHash })
    },
    replace: (credential) => {
      if (kept) write({ ...kept, credential })
    },
  }
}

const localMembership = (path: string): Membership => ({
  place: { kind: 'socket', path },
  where: path,
  name: () => undefined,
  credential: () => undefined,
  joinSecret: () => undefined,
  joined: () => undefined,
  replace: () => undefined,
})

const placeOf = (
  { server, ca, credentialPath }: MembershipConfig,
  token: JoinToken | undefined,
  kept: Kept | undefined,
): Extract<Place, { kind: 'tls' }> => {
  const address = server === '' ? token?.server : parseServerAddress(server)
  if (!address) throw wrong('uplink.server', 'Write host:port, such as netscope.example:8087.')
  if (!token && !kept)
    throw wrong(
      'uplink.token',
      `This agent has not joined a server (there is no ${credentialPath}). Get a token there: netscope agents invite`,
    )
  return { kind: 'tls', ...address, ca, fingerprint: token?.fingerprint ?? kept?.fingerprint ?? '' }
}

const wrong = (path: string, remedy: string): ConfigError =>
  new ConfigError([{ place: 'configuration', path, message: 'wrong value', remedy }])

const readKept = (path: string): Kept | undefined => {
  const damaged = `${path} is damaged: remove it and join again with a new token.`
  let kept: Partial<Record<keyof Kept, unknown>> | null | undefined
  try {
    kept = readKeptJson(path) as typeof kept
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong('uplink.server', damaged)
    throw wrong('uplink.server', `${path} cannot be read: ${(error as Error).message}`)
  }
  if (kept === undefined) return undefined
  const { agent, credential, fingerprint, server, token } = kept ?? {}
  if ([agent, credential, fingerprint, server, token].every((one) => typeof one === 'string'))
    return kept as Kept
  throw wrong('uplink.server', damaged)
}
