/**
 * Domain generation: a host asks for many domains that nobody has registered, one of which its operator will have. Names
 * below one domain (lists of senders, search suffixes, a browser's probes) are one domain.
 *
 * Severity: 65, the host most likely runs somebody else's program.
 */
import type { DnsObservation } from '@netscope/core/observation/dns.ts'
import { createBoundedMap } from '../bounded-map.ts'
import type { DetectorKind } from '../detector.ts'
import { createDistinctCount, type DistinctCount } from '../distinct-count.ts'
import { directionBetween } from '../flow-evidence.ts'
import { looksRandom } from './random-label.ts'

const MAX_CLIENTS = 4096
const WINDOW_MS = 600_000
/** Of all domains that the client asked for. */
const LEAST_MISSING = 0.3
const LEAST_RANDOM = 0.5
/** So many more where the domains are made of words. */
const WORDS_TIMES = 3
const MAX_SAMPLES = 5
const QUIET_MS = 900_000

interface Client {
  sinceMs: number
  asked: DistinctCount
  missing: DistinctCount
  random: DistinctCount
  nxdomains: number
  samples: string[]
}

const begin = (sinceMs: number): Client => ({
  sinceMs,
  asked: createDistinctCount(),
  missing: createDistinctCount(),
  random: createDistinctCount(),
  nxdomains: 0,
  samples: [],
})

/** Nothing but errors: a domain of which one name is there is registered. */
const isMissing = ({ answers, nxdomains }: DnsObservation): boolean =>
  nxdomains > 0 && nxdomains >= answers

export const dgaKind: DetectorKind = {
  name: 'dga',
  version: 1,
  description: 'A host asks for many domains that do not exist, most of them random letters.',
  techniques: ['T1568.002'],
  create(settings, deps) {
    const clients = createBoundedMap<string, Client>(MAX_CLIENTS)

    const judge = (said: DnsObservation, agent: string, seen: Client): void => {
      const [missing, random] = [seen.missing.value(), seen.random.value()]
      const isRandom = random >= LEAST_RANDOM * missing
      const least = settings.dgaDomains * (isRandom ? 1 : WORDS_TIMES)
      const part = missing / Math.max(1, seen.asked.value())
      if (missing < least || part < LEAST_MISSING) return
      deps.report({
        key: said.client,
        title: `${said.client} asks for ${missing} domains that do not exist`,
        severity: 65,
        confidence: isRandom ? 0.85 : 0.6,
        technique: 'T1568.002',
        timeMs: said.timeMs,
        firstMs: seen.sinceMs,
        agent,
        source: { ip: said.client, ...(said.srcMac === '' ? {} : { mac: said.srcMac }) },
        target: { ip: said.server, port: 53 },
        direction: directionBetween(deps, said.client, said.server),
        count: said.nxdomains,
        evidence: {
          reason: `${missing} of ${seen.asked.value()} domains within ${Math.ceil((said.timeMs - seen.sinceMs) / 1000)} s do not exist (at least ${least}, and ${100 * LEAST_MISSING} %); ${random} look random; for example ${seen.samples.join(', ')}`,
          facts: [
            {
              name: 'domains that do not exist',
              value: missing,
              threshold: `>= ${least}`,
              demand: least,
            },
            {
              name: 'of all domains',
              value: Math.round(100 * part),
              unit: '%',
              threshold: `>= ${100 * LEAST_MISSING}`,
            },
            { name: 'domains that look random', value: random },
          ],
          flows: [],
        },
        quietMs: QUIET_MS,
      })
    }

    return {
      observation(said, agent) {
        if (said.kind !== 'dns' || said.domain === '' || said.client === '') return
        // One label is a search without suffix; arpa has addresses without names.
        if (!said.domain.includes('.') || said.domain.endsWith('.arpa')) return
        let seen = clients.get(said.client)
        if (!seen || said.timeMs - seen.sinceMs > WINDOW_MS)
          clients.set(said.client, (seen = begin(said.sinceMs)))
        seen.asked.add(said.domain)
        if (!isMissing(said)) return
        seen.nxdomains += said.nxdomains
        if (!seen.missing.add(said.domain)) return
        if (looksRandom(said.domain.slice(0, said.domain.indexOf('.'))))
          seen.random.add(said.domain)
        if (seen.samples.length < MAX_SAMPLES) seen.samples.push(said.domain)
        judge(said, agent, seen)
      },
    }
  },
}
