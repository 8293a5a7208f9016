/**
 * Tunnels through DNS: very many names below one domain that are hardly ever asked for twice, and that are long, or asked
 * for by types which hold data, or answered with a lot. Two of these signs are enough for `dnsTunnelNames` in ten minutes
 * or six times as many in a day; one alone is what lookups of reputation and addresses of CDNs show: four times as many.
 *
 * Severity: 75, somebody gets data past the firewall; 55 by one sign alone.
 */
import { createBoundedMap } from '../bounded-map.ts'
import type { Finding } from '../detection.ts'
import type { DetectorKind } from '../detector.ts'
import type { DnsObservation } from '@netscope/core/observation/dns.ts'
import { directionBetween } from '../flow-evidence.ts'
import { createNameTally, type NameSums, type NameTally } from './name-tally.ts'

/** Some 3 kB each at most. */
const MAX_PAIRS = 4096
const [SOON_MS, LATE_MS] = [600_000, 86_400_000]
const LATE_TIMES = 6
const SINGLE_TIMES = 4
/** Long names alone are what virus scanners ask with, of each file that they look at. */
const SINGLE_NAMES_TIMES = 6
/** Digits and dots of an address that is looked up in a list have 3.3 bits, its nibbles 3; words mostly below 3.6 */
const LEAST_MILLIBITS = 3600
/** A name of a service is asked for again; what holds data is not. */
const LEAST_NEW = 0.7
const LEAST_UNUSUAL = 0.5
/** An answer with addresses has 50 to 150 bytes, with its aliases up to 300. */
const LEAST_ANSWER_BYTES = 350
/** Of types that hold data; a list of senders says why in 100 to 200. */
const LEAST_DATA_BYTES = 220
const QUIET_MS = 600_000

/** A bridge or router sees each question on two interfaces; one that was not heard for so long is another way. */
const SAME_WAY_MS = 60_000

interface Pair {
  /** The interface whose questions count. */
  way: string
  lastMs: number
  soon: NameTally
  late: NameTally
}

/** `arpa`: names of addresses are long and never the same; the others are neighbours'. */
const isOrdinary = (domain: string): boolean =>
  domain === '' ||
  /(?:^|\.)(?:arpa|local|localdomain|lan|home)$/.test(domain) ||
  !domain.includes('.')

export const dnsTunnelKind: DetectorKind = {
  name: 'dns-tunnel',
  version: 2,
  description:
    'Data is carried in the names that a host asks for below one domain, and in their answers.',
  techniques: ['T1071.004', 'T1572'],
  create(settings, deps) {
    const pairs = createBoundedMap<string, Pair>(MAX_PAIRS)
    /** `address domain` of whoever is asked: a resolver that passes on what others ask for carries nothing of its own. */
    const asked = createBoundedMap<string, true>(MAX_PAIRS)
    /** Domain → who asked a machine of ours for it, which may ask others by another of its addresses. */
    const askedHere = createBoundedMap<string, string>(MAX_PAIRS)

    const noteAsked = ({ client, server, domain }: DnsObservation): void => {
      asked.set(`${server} ${domain}`, true)
      if (deps.isOwn(server) && !deps.isOwn(client)) askedHere.set(domain, client)
    }
    const isPassedOn = ({ client, domain }: DnsObservation): boolean =>
      asked.peek(`${client} ${domain}`) !== undefined ||
      (deps.isOwn(client) && askedHere.peek(domain) !== undefined)

    const pairOf = ({ client, domain, timeMs }: DnsObservation, way: string): Pair | undefined => {
      const key = `${client} ${domain}`
      let pair = pairs.get(key)
      if (!pair) {
        const [soon, late] = [createNameTally(SOON_MS), createNameTally(LATE_MS)]
        pairs.set(key, (pair = { way, lastMs: timeMs, soon, late }))
      }
      if (pair.way !== way && timeMs - pair.lastMs < SAME_WAY_MS) return undefined
      pair.way = way
      pair.lastMs = timeMs
      return pair
    }

    const signsOf = (sums: NameSums): string[] => {
      const signs: string[] = []
      const chars = sums.nameChars / Math.max(1, sums.tellings)
      if (chars >= settings.dnsTunnelNameChars && sums.millibits >= LEAST_MILLIBITS)
        signs.push(
          `${chars.toFixed(0)} characters each (at least ${settings.dnsTunnelNameChars}) of ${(sums.millibits / 1000).toFixed(1)} bits`,
        )
      const unusual = 1 - sums.usualQueries / Math.max(1, sums.queries)
      if (unusual >= LEAST_UNUSUAL)
        signs.push(`${(100 * unusual).toFixed(0)} % asked for by types that hold data`)
      const bytes = sums.answerBytes / Math.max(1, sums.answers)
      const leastBytes = unusual >= LEAST_UNUSUAL ? LEAST_DATA_BYTES : LEAST_ANSWER_BYTES
      if (bytes >= leastBytes)
        signs.push(`answers of ${bytes.toFixed(0)} bytes (at least ${leastBytes})`)
      return signs
    }

    const timesOf = (signs: readonly string[]): number =>
      signs.length > 1 ? 1 : signs[0]?.includes('characters') ? SINGLE_NAMES_TIMES : SINGLE_TIMES

    const judge = (said: DnsObservation, agent: string, sums: NameSums, times: number): boolean => {
      if (sums.names < settings.dnsTunnelNames * times) return false
      if (sums.names < LEAST_NEW * sums.queries) return false
      const signs = signsOf(sums)
      const least = settings.dnsTunnelNames * times * timesOf(signs)
      if (signs.length === 0 || sums.names < least) return false
      deps.report(findingOf(said, agent, sums, signs, least))
      return true
    }

    const findingOf = (
      said: DnsObservation,
      agent: string,
      sums: NameSums,
      signs: readonly string[],
      least: number,
    ): Finding => ({
      key: `${said.client} ${said.domain}`,
      title: `${said.client} sends data in names below ${said.domain}`,
      severity: signs.length > 1 ? 75 : 55,
      confidence: signs.length > 1 ? 0.9 : 0.6,
      technique: 'T1071.004',
      timeMs: said.timeMs,
      firstMs: sums.sinceMs,
      agent,
      source: { ip: said.client, ...(said.srcMac === '' ? {} : { mac: said.srcMac }) },
      target: { ip: said.server, port: 53, name: said.domain },
      direction: directionBetween(deps, said.client, said.server),
      count: said.queries,
      evidence: {
        reason: `${sums.names} distinct names below ${said.domain} in ${sums.queries} questions within ${Math.ceil((said.timeMs - sums.sinceMs) / 1000)} s (at least ${least}): ${signs.join(', ')}; for example ${said.samples[0] ?? said.domain}`,
        facts: [
          {
            name: 'distinct names',
            value: sums.names,
            threshold: `>= ${least}`,
            demand: least,
          },
          { name: 'questions', value: sums.queries },
          { name: 'bytes asked', value: sums.queryBytes, unit: 'bytes' },
          { name: 'bytes answered', value: sums.answerBytes, unit: 'bytes' },
          { name: 'signs', value: signs.length, threshold: '>= 1' },
        ],
        flows: [],
      },
      quietMs: QUIET_MS,
    })

    return {
      observation(said, agent) {
        if (said.kind !== 'dns' || isOrdinary(said.domain)) return
        // Who answers is a resolver; that somebody was asked can be forged.
        if (said.answers > 0) noteAsked(said)
        if (isPassedOn(said)) return
        const pair = pairOf(said, `${agent} ${said.interface}`)
        if (!pair) return
        pair.soon.add(said)
        pair.late.add(said)
        if (!judge(said, agent, pair.soon.sums, 1)) judge(said, agent, pair.late.sums, LATE_TIMES)
      },
    }
  },
}
