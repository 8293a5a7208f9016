/** Puts together what the server needs for a fleet, and where agents of other machines connect. */
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { ServerConfig } from '@netscope/core/config/sections.ts'
import { parseServerAddress } from '@netscope/core/server-address.ts'
import type { ServerAddress } from '@netscope/core/server-address.ts'
import type { Logger } from 'pino'
import type { Agents } from '../agents.ts'
import type { Commands } from '../commands.ts'
import type { IngestConfig } from '../ingest/ingest.ts'
import type { State } from '../state/open-state.ts'
import { createDesiredLists } from './desired-lists.ts'
import type { DesiredLists } from './desired-lists.ts'
import { createFleet } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import { createListSync } from './list-sync.ts'
import type { ListSync } from './list-sync.ts'
import { createRoster } from './roster.ts'
import { loadCertificate } from './uplink-certificate.ts'

export interface FleetParts {
  fleet: Fleet
  lists: DesiredLists
  sync: ListSync
  /** For ingest; undefined: agents of other machines may not connect. */
  tls: NonNullable<IngestConfig['tls']> | undefined
}

export interface FleetPartsConfig {
  uplink: Pick<ServerConfig['uplink'], 'listen' | 'address' | 'certificate' | 'key'>
  /** Folder of the server. */
  storagePath: string
  /** Age at which the secret of an agent is replaced; a month unless told. */
  rotateAfterMs?: number
}

export interface FleetPartsDeps {
  state: State
  agents: Agents
  commands: Commands
  log: Logger
}

/** Throws `uplink.certificate`. */
export const createFleetParts = (
  { uplink, storagePath, rotateAfterMs }: FleetPartsConfig,
  { state, agents, commands, log }: FleetPartsDeps,
): FleetParts => {
  const now = Date.now
  const listen = parseServerAddress(uplink.listen)
  const certificate = listen && certificateOf(uplink, storagePath, now())
  const lists = createDesiredLists({ state, now })
  const sync = createListSync({ lists, agents, commands, log })
  const roster = createRoster({ state, now, ...(rotateAfterMs !== undefined && { rotateAfterMs }) })
  const address = listen && (parseServerAddress(uplink.address) ?? ownAddress(listen))
  const fleet = createFleet(
    { ...(address && { address }), fingerprint: certificate?.fingerprint ?? '' },
    { roster, agents, commands, lists: sync, log },
  )
  const tls = listen && certificate && { ...listen, ...certificate }
  return { fleet, lists, sync, tls }
}

const certificateOf = (
  { certificate, key }: FleetPartsConfig['uplink'],
  storagePath: string,
  nowMs: number,
) =>
  loadCertificate({ certificate, key, ownPath: join(storagePath, 'uplink.pem') }, hostname(), nowMs)

/** Of a wildcard nobody can say how others reach it, so the name of the host is a guess. */
const ownAddress = ({ host, port }: ServerAddress): ServerAddress => {
  const isWildcard = host === '0.0.0.0' || /^[0:]+$/.test(host)
  return { host: isWildcard ? hostname() : host, port }
}
