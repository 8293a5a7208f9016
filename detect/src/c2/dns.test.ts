/** Tunnels through DNS and made-up domains, beside what resolvers and mail servers do. */
import { describe, expect, it } from 'vitest'
import type { DnsObservation } from '@netscope/core/observation/dns.ts'
import { createDetectorRig, START_MS } from '../fakes/detector-rig.ts'
import { dnsSaid } from '../fakes/dns-observation.ts'
import { dgaKind } from './dga.ts'
import { dnsTunnelKind } from './dns-tunnel.ts'
import { looksRandom } from './random-label.ts'

interface Asked extends Partial<DnsObservation> {
  /** Characters, and bytes of an answer. */
  chars: number
  answer?: number
  type?: number
}

/** `perPeriod` new names each five seconds, unless `again` says that they are the same. */
const ask = (
  periods: number,
  perPeriod: number,
  said: Asked,
  again = false,
  rig = createDetectorRig(dnsTunnelKind),
) => {
  const { chars, answer = 100, type = 1, ...given } = said
  for (let i = 0; i < periods; i++) {
    const first = again ? 0 : i * perPeriod
    rig.detector.observation?.(
      dnsSaid({
        timeMs: START_MS + 5000 * i,
        domain: 'tunnel.example',
        queries: perPeriod,
        answers: perPeriod,
        names: perPeriod,
        nameDigests: Array.from({ length: perPeriod }, (_, n) => first + n),
        nameChars: perPeriod * chars,
        nameMillibits: 4200,
        answerBytes: perPeriod * answer,
        types: [{ type, queries: perPeriod }],
        ...given,
      }),
      'a1',
    )
  }
  return rig
}

describe('a tunnel through DNS', () => {
  it.each([
    ['of long names and TXT', { chars: 60, type: 16, answer: 200 }],
    ['of short names and large answers by NULL', { chars: 8, type: 10, answer: 900 }],
    ['of long names and large answers', { chars: 100, answer: 500 }],
  ])('%s is found, once', (_what, said) => {
    const { findings, keys } = ask(20, 10, said)
    expect(keys()).toEqual(['10.0.0.5 tunnel.example'])
    expect(findings[0]).toMatchObject({
      severity: 75,
      technique: 'T1071.004',
      source: { ip: '10.0.0.5' },
      target: { ip: '10.0.0.2', port: 53, name: 'tunnel.example' },
      direction: 'internal',
    })
    expect(findings[0]!.timeMs - START_MS).toBeLessThan(30_000)
  })

  it('is found though somebody says that its client was asked for the domain, without an answer', () => {
    const rig = createDetectorRig(dnsTunnelKind)
    rig.detector.observation?.(
      dnsSaid({ client: '192.0.2.7', server: '10.0.0.5', domain: 'tunnel.example', answers: 0 }),
      'a1',
    )
    ask(20, 10, { chars: 60, type: 16, answer: 200 }, false, rig)
    expect(rig.keys()).toEqual(['10.0.0.5 tunnel.example'])
  })

  const TUNNEL = { chars: 60, type: 16, answer: 200 }
  it('is found, and counted once, by a bridge that sees each question on two interfaces', () => {
    const rig = createDetectorRig(dnsTunnelKind)
    for (let i = 0; i < 20; i++)
      for (const name of ['port0', 'br0'])
        ask(
          1,
          10,
          {
            ...TUNNEL,
            interface: name,
            timeMs: START_MS + 5000 * i,
            nameDigests: Array.from({ length: 10 }, (_, n) => 10 * i + n),
          },
          false,
          rig,
        )
    expect(rig.keys()).toEqual(['10.0.0.5 tunnel.example'])
    const questions = rig.findings.at(-1)?.evidence.facts.find(({ name }) => name === 'questions')
    expect(questions?.value).toBe(200)
  })

  it('through a resolver of ours, that asks by another of its addresses, is that of its client alone', () => {
    const rig = createDetectorRig(dnsTunnelKind)
    for (let i = 0; i < 20; i++) {
      const timeMs = START_MS + 5000 * i
      const nameDigests = Array.from({ length: 10 }, (_, n) => 10 * i + n)
      const given = { ...TUNNEL, timeMs, nameDigests }
      ask(1, 10, { ...given, server: '10.0.0.1' }, false, rig)
      ask(1, 10, { ...given, client: '10.1.0.1', server: '198.51.100.7' }, false, rig)
    }
    expect(rig.keys()).toEqual(['10.0.0.5 tunnel.example'])
  })

  it('with long names alone needs six times as many', () => {
    expect(ask(29, 10, { chars: 60 }).findings).toEqual([])
    expect(ask(35, 10, { chars: 60 }).findings[0]).toMatchObject({ severity: 55 })
  })

  it('of one question a minute is found within the day', () => {
    const rig = createDetectorRig(dnsTunnelKind)
    for (let i = 0; i < 400; i++)
      rig.detector.observation?.(
        dnsSaid({
          timeMs: START_MS + 60_000 * i,
          domain: 'slow.example',
          nameDigests: [i],
          nameChars: 50,
          nameMillibits: 4500,
          types: [{ type: 16, queries: 1 }],
        }),
        'a1',
      )
    expect(rig.keys()).toEqual(['10.0.0.5 slow.example'])
  })

  it('that passes through a resolver is its client’s', () => {
    const rig = createDetectorRig(dnsTunnelKind)
    for (let i = 0; i < 20; i++)
      for (const [client, server] of [
        ['10.0.0.5', '10.0.0.2'],
        ['10.0.0.2', '198.51.100.1'],
      ] as const)
        rig.detector.observation?.(
          dnsSaid({
            timeMs: START_MS + 5000 * i,
            client,
            server,
            domain: 'tunnel.example',
            queries: 20,
            names: 20,
            nameDigests: Array.from({ length: 20 }, (_, n) => i * 20 + n),
            nameChars: 800,
            nameMillibits: 4200,
            types: [{ type: 16, queries: 20 }],
          }),
          'a1',
        )
    expect(rig.keys()).toEqual(['10.0.0.5 tunnel.example'])
  })
})

describe('no tunnel is', () => {
  it.each([
    ['a CDN: many names of middling length', { chars: 20 }],
    ['a list of senders: addresses in names', { chars: 40, nameMillibits: 3100 }],
    ['names of addresses', { chars: 64, domain: 'ip6.arpa', type: 12 }],
    ['a neighbour’s services', { chars: 40, domain: 'office.local', type: 16 }],
    ['what had no room of its own', { chars: 40, domain: '', type: 16 }],
    ['validation of signatures', { chars: 10, type: 48, answer: 900, queries: 40 }],
  ])('%s', (_what, said) => {
    expect(ask(100, 10, said).findings).toEqual([])
  })

  it('a site whose long names are asked for again and again', () => {
    expect(ask(500, 20, { chars: 60, type: 16 }, true).findings).toEqual([])
  })
})

const look = (domains: readonly string[], given: Partial<DnsObservation>) => {
  const rig = createDetectorRig(dgaKind)
  domains.forEach((domain, i) =>
    rig.detector.observation?.(
      dnsSaid({ timeMs: START_MS + 1000 * i, domain, nxdomains: 1, ...given }),
      'a1',
    ),
  )
  return rig
}

const RANDOM = Array.from({ length: 100 }, (_, i) => `xq${i}vbkzr${i * 7}w.com`)
const WORDS = Array.from({ length: 80 }, (_, i) => `orangetable${'aeiou'[i % 5]}${i}.com`)

describe('generated domains', () => {
  it('that do not exist are found, once', () => {
    const { keys, findings } = look(RANDOM, {})
    expect(keys()).toEqual(['10.0.0.5'])
    expect(findings[0]).toMatchObject({ severity: 65, technique: 'T1568.002' })
    expect(findings[0]!.timeMs - START_MS).toBeLessThan(31_000)
  })
  it('of words need three times as many', () => {
    expect(look(WORDS, {}).findings).toEqual([])
    expect(look([...WORDS, ...WORDS.map((word) => `a${word}`)], {}).keys()).toHaveLength(1)
  })
  it('are none where they exist', () => {
    expect(look(RANDOM, { nxdomains: 0 }).findings).toEqual([])
  })
  it('are none where one domain has many names that do not exist', () => {
    const same = Array.from({ length: 500 }, () => 'zen.example')
    expect(look(same, { nxdomains: 5, answers: 5 }).findings).toEqual([])
  })
  it("are none among the many of a resolver's clients", () => {
    const rig = createDetectorRig(dgaKind)
    for (let i = 0; i < 2000; i++)
      rig.detector.observation?.(
        dnsSaid({ domain: `site${i}.com`, nxdomains: i % 20 === 0 ? 1 : 0 }),
        'a1',
      )
    expect(rig.findings).toEqual([])
  })
  it("are none of a browser's three probes", () => {
    expect(look(['qwxzvbnmlk', 'zzkqwrtpsd', 'bvcxnmlkjh'], {}).findings).toEqual([])
  })
})

it.each([
  ['xq7vbkzr3w', true],
  ['kdjfhgqwz', true],
  ['facebook', false],
  ['wikipedia', false],
  ['cloudflare', false],
  ['xn--mnchen-3ya', false],
  ['bbc', false],
])('%s looks random: %s', (label, expected) => {
  expect(looksRandom(label)).toBe(expected)
})
