/** To whom an address belongs: a network that people named, a special range, a country and an autonomous system. */
import { splitNamed } from '@netscope/core/config/networks.ts'
import type { NetworksSection } from '@netscope/core/config/networks.ts'
import { formatAddress } from '@netscope/core/address.ts'
import { encodePrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { Logger } from 'pino'
import type { AutonomousSystem } from './asn-ranges.ts'
import { openCountries, openSystems } from './databases.ts'
import type { Database } from './databases.ts'
import { createNamedPrefixes } from './named-prefixes.ts'
import { SPECIAL_RANGES } from './special-ranges.ts'

/** Texts are empty, numbers 0, where nothing is known. */
export interface Place {
  /** Name that people gave the network. */
  network: string
  /** Name of a special range (RFC 6890), such as `private`; empty for addresses of the internet. */
  special: string
  /** ISO 3166-1, two letters. */
  country: string
  /** Number of the autonomous system. */
  asn: number
  asName: string
}

export interface Geo {
  /** Waits until the databases are read; without them places are known in part. Never rejects. */
  ready(): Promise<void>
  /** undefined: `ip` is no address. Answers from memory. */
  find(ip: string): Place | undefined
  /** What is read, and how old it is. */
  databases(): { kind: 'country' | 'asn'; source: string; builtAtMs: number }[]
}

export interface GeoDeps {
  log: Pick<Logger, 'warn'>
  openCountries?: typeof openCountries
  openSystems?: typeof openSystems
}

/** Some 3 MB. */
const CACHED = 16_384

/** Reads the databases when the first address of the internet is asked for. */
export const createGeo = (config: NetworksSection, deps: GeoDeps): Geo => {
  const namedOf = createNamedPrefixes(
    config.named.map((item) => {
      const { name, prefix } = splitNamed(item)
      return [prefix, name]
    }),
  )
  const specialOf = createNamedPrefixes(SPECIAL_RANGES)
  const cache = new Map<string, Place>()
  const scratch = new Uint8Array(PREFIX_BYTES)
  const view = new DataView(scratch.buffer)
  let countries: Database<string> | undefined
  let systems: Database<AutonomousSystem> | undefined
  let reading: Promise<void> | undefined

  const read = async (): Promise<void> => {
    const failed = (what: string) => (err: unknown) => {
      deps.log.warn({ err }, `no ${what} of addresses: their database cannot be read`)
      return undefined
    }
    const { openCountries: first = openCountries, openSystems: second = openSystems } = deps
    countries = await first(config.countryDatabase).catch(failed('countries'))
    systems = await second(config.asnDatabase).catch(failed('autonomous systems'))
    cache.clear()
  }
  const ready = (): Promise<void> => (reading ??= read())

  const look = (): Place => {
    const special = specialOf(view, 4)
    const network = namedOf(view, 4)
    if (special !== '') return { network, special, country: '', asn: 0, asName: '' }
    void ready()
    const ip = formatAddress(view, 4)
    const system = systems?.find(ip, view, 4)
    return {
      network,
      special,
      country: countries?.find(ip, view, 4) ?? '',
      asn: system?.number ?? 0,
      asName: system?.name ?? '',
    }
  }

  return {
    ready,
    find(ip) {
      const known = cache.get(ip)
      if (known) return known
      if (encodePrefix(ip, scratch, 0) !== undefined || scratch[0] !== 128) return undefined
      const place = look()
      cache.set(ip, place)
      if (cache.size > CACHED) cache.delete(cache.keys().next().value as string)
      return place
    },
    databases() {
      const shown = (kind: 'country' | 'asn', of: Database<unknown> | undefined) =>
        of ? [{ kind, source: of.source, builtAtMs: of.builtAtMs }] : []
      return [...shown('country', countries), ...shown('asn', systems)]
    },
  }
}
