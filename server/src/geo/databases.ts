/** Where countries and autonomous systems are looked up: files that people named, else those that came with us. */
import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { readAsnRanges } from './asn-ranges.ts'
import type { AutonomousSystem } from './asn-ranges.ts'
import { openMmdb } from './mmdb-file.ts'

export interface Database<T> {
  /** A package, or a path. */
  source: string
  /** When its data is from, ms since 1970. */
  builtAtMs: number
  /** `ip` is the text of the 16 bytes at `at`. */
  find(ip: string, view: DataView, at: number): T | undefined
}

const COUNTRIES = '@ip-location-db/geo-whois-asn-country-mmdb'
const SYSTEMS = '@ip-location-db/asn'

/** A file of a package; the packages' files have no date, their versions do: `2.3.2026061719`. */
const packageFile = (name: string, file: string): string =>
  fileURLToPath(new URL(file, import.meta.resolve(`${name}/package.json`)))

/** Of the version of our packages, or of the file. */
const dateOf = async (version: string | undefined, path: string): Promise<number> => {
  const [, year, month, day] = /\.(\d{4})(\d{2})(\d{2})\d*$/.exec(version ?? '') ?? []
  if (year !== undefined) return Date.UTC(Number(year), Number(month) - 1, Number(day))
  return (await stat(path)).mtimeMs
}

const versionOf = async (name: string): Promise<string> => {
  const { default: content } = (await import(`${name}/package.json`, {
    with: { type: 'json' },
  })) as { default: { version: string } }
  return content.version
}

/** Two-letter codes of ISO 3166-1. */
export const openCountries = async (path: string): Promise<Database<string>> => {
  const isOurs = path === ''
  const file = await openMmdb(isOurs ? packageFile(COUNTRIES, 'geo-whois-asn-country.mmdb') : path)
  return {
    source: isOurs ? COUNTRIES : path,
    builtAtMs: isOurs ? await dateOf(await versionOf(COUNTRIES), path) : file.builtAtMs,
    find: (ip) => countryIn(file.get(ip)),
  }
}

/** Flat as ip-location-db has it, or nested as MaxMind and DB-IP do. */
const countryIn = (found: Readonly<Record<string, unknown>> | undefined): string | undefined => {
  const nested = found?.['country'] as { iso_code?: unknown } | undefined
  const code = found?.['country_code'] ?? nested?.iso_code
  return typeof code === 'string' ? code : undefined
}

export const openSystems = async (path: string): Promise<Database<AutonomousSystem>> => {
  if (path !== '') return openSystemsFile(path)
  const [v4, v6] = [packageFile(SYSTEMS, 'asn-ipv4.csv'), packageFile(SYSTEMS, 'asn-ipv6.csv')]
  const ranges = await readAsnRanges({ v4, v6 })
  return {
    source: SYSTEMS,
    builtAtMs: await dateOf(await versionOf(SYSTEMS), v4),
    find: (_ip, view, at) => ranges.find(view, at),
  }
}

const openSystemsFile = async (path: string): Promise<Database<AutonomousSystem>> => {
  const file = await openMmdb(path)
  return {
    source: path,
    builtAtMs: file.builtAtMs,
    find(ip) {
      const found = file.get(ip)
      const number = found?.['autonomous_system_number']
      const name = found?.['autonomous_system_organization']
      if (typeof number !== 'number') return undefined
      return { number, name: typeof name === 'string' ? name : '' }
    },
  }
}
