/** Addresses of the server over TLS: resolved now and then, and kept on disk, so that they are pinned before the network is used. */
import { isIP } from 'node:net'
import type { Place } from '../uplink/membership.ts'
import { readKeptJson, writeKeptJson } from '../kept-json.ts'

const MAX_ADDRESSES = 64

export interface ServerAddressesDeps {
  place: Place
  /** Addresses of a name; rejects where it cannot be resolved. */
  resolve(name: string): Promise<string[]>
  log: { warn(fields: object, message: string): void }
}

export interface ServerAddresses {
  /** As they were resolved last. */
  now(): readonly string[]
  load(): void
  /** Resolves the name again; while that fails the last answer counts. */
  refresh(): Promise<void>
  /** The name has been resolved; false: to what was known. */
  learn(found: readonly string[]): boolean
}

export const createServerAddresses = (
  { path }: { path: string },
  { place, resolve, log }: ServerAddressesDeps,
): ServerAddresses => {
  const host = place.kind === 'tls' ? place.host : ''
  const isName = host !== '' && isIP(host) === 0
  let addresses: readonly string[] = host !== '' && !isName ? [host] : []

  const learn: ServerAddresses['learn'] = (found) => {
    if (!isName || found.length === 0) return false
    const fresh = [...new Set(found)].toSorted().slice(0, MAX_ADDRESSES)
    if (fresh.join() === addresses.join()) return false
    addresses = fresh
    try {
      writeKeptJson(path, { host, addresses })
    } catch (error) {
      log.warn(
        { path, reason: (error as Error).message },
        'addresses of the server cannot be saved',
      )
    }
    return true
  }

  return {
    now: () => addresses,
    learn,
    load: () => {
      if (!isName) return
      try {
        const kept = (readKeptJson(path) ?? {}) as { host?: unknown; addresses?: unknown }
        if (kept.host !== host || !Array.isArray(kept.addresses)) return
        const texts = kept.addresses.filter((one): one is string => typeof one === 'string')
        addresses = texts.filter((one) => isIP(one) !== 0).slice(0, MAX_ADDRESSES)
      } catch (error) {
        log.warn({ path, reason: (error as Error).message }, 'addresses of the server are damaged')
      }
    },
    refresh: async () => {
      if (!isName) return
      learn(await resolve(host).catch(() => []))
    },
  }
}
