/** What is exported fits the schemas of those who take it: facts of each are in fixtures/. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ENRICHMENT, ENRICHMENT_SUMMARY } from '@netscope/core/enrichment.ts'
import { decodeFlow } from '@netscope/core/flow.ts'
import { FlowReader, RECORD_ENRICHMENT, SUMMARY } from '@netscope/core/flow-record.ts'
import { RECORD_HEADER_BYTES } from '@netscope/core/flow-record.ts'
import type { ProcessInfo } from '@netscope/core/process.ts'
import { createRandom } from '@netscope/detect/anomaly/random.ts'
import { labelOf } from '@netscope/detect/detection.ts'
import { DETECTORS } from '@netscope/detect/detectors.ts'
import { Compile } from 'typebox/schema'
import { describe, expect, it, test } from 'vitest'
import { rowOf, storedAlert } from '../fakes/alert-row.ts'
import { ecsProblems } from '../fakes/ecs-schema.ts'
import { flowRecord } from '../fakes/flow-record.ts'
import type { FakeRecord } from '../fakes/flow-record.ts'
import { ocsfProblems } from '../fakes/ocsf-schema.ts'
import { ACTION_STATES } from '../respond/action.ts'
import type { Action } from '../respond/action.ts'
import { MODES } from '../respond/policy.ts'
import type { StoredFlow } from '../store/flow-store.ts'
import type { AlertMoment } from './export-format.ts'
import { signatureId } from './formats/eve.ts'
import { EXPORT_FORMATS } from './formats.ts'
import { sampleAction, sampleAlert, sampleFlow, samplesOf } from './samples.ts'

const eve = Compile(
  JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/eve.json'), 'utf8')) as object,
)
const eveProblems = (event: object): string[] => {
  if (eve.Check(event)) return []
  const [, errors] = eve.Errors(event)
  return errors.map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** What is wrong with an event. */
const PROBLEMS: Readonly<Record<string, (event: object) => string[]>> = {
  ...{ eve: eveProblems, ecs: ecsProblems, ocsf: ocsfProblems },
}

/** As the other side reads it. */
const asRead = (event: object): object => JSON.parse(JSON.stringify(event)) as object

const WORDS = ['www.example.org', 'quote"\n\u0007\u2028', 'ünïcode.example', 'x'.repeat(2000)]
const PROCESS: ProcessInfo = {
  ...{ pid: 4711, command: 'cu\nrl', uid: 1000, user: 'ann', unit: 'session-3.scope' },
  ...{ commandLine: 'curl https://www.example.org/', startMs: 1_768_435_200_000 },
  container: { runtime: 'docker', id: 'abcdef0123456789' },
}

const decoded = (record: Buffer, wallOffsetMs = 1_768_435_200_000): StoredFlow => {
  const reader = new FlowReader(record, {
    ...{ agent: 'host-a', wallOffsetMs, interfaceName: () => 'eth0' },
    text: (id) => WORDS[id - 1] ?? '',
    process: (id) => (id === 0 ? undefined : PROCESS),
  })
  return { ...decodeFlow(reader.seek(0)), agent: 'host-a' }
}
const flow = (given: Partial<FakeRecord>): StoredFlow => decoded(flowRecord({ end: 2, ...given }))

const summary = (src: string, dst: string): StoredFlow => {
  const record = flowRecord({ src, dst, end: 4, protocol: 17, srcPort: 0, dstPort: 53 })
  record.writeUInt8(ENRICHMENT_SUMMARY, RECORD_ENRICHMENT + ENRICHMENT.flags)
  record.writeUInt32LE(250_000, RECORD_ENRICHMENT + ENRICHMENT.sources)
  record.writeUInt32LE(300_000, RECORD_HEADER_BYTES + SUMMARY.flows)
  return decoded(record)
}

const V6 = { src: '2001:db8::7', dst: '2001:db8::9' }
const FLOWS: Readonly<Record<string, StoredFlow>> = {
  'a TCP connection with everything known': flow({
    ...{ srcProcess: 1, srcName: 1, dstName: 1, sni: 1, ja4: 1, synAck: 1, srcRttUs: 12_000 },
  }),
  'TCP that nobody answered': flow({ synAck: 0, dstPackets: 0, dstBytes: 0, end: 1 }),
  'TCP that was reset': flow({ synAck: 1, end: 3 }),
  'TCP that the deny list dropped': flow({ verdict: 1, dstPackets: 0 }),
  'UDP in a VLAN': flow({ protocol: 17, dstPort: 53, vlan: 42, end: 1 }),
  'a ping': flow({ protocol: 1, srcPort: 8, dstPort: 0, end: 1 }),
  'an ICMP error': flow({ protocol: 1, srcPort: 3, dstPort: 13, end: 1 }),
  'a ping over IPv6': flow({ ...V6, protocol: 58, srcPort: 128, dstPort: 129, end: 1 }),
  'TCP over IPv6 with a server here': flow({ ...V6, dstProcess: 1, synAck: 1 }),
  'clear-text HTTP': flow({ httpHost: 1, synAck: 1 }),
  'a protocol without a name': flow({ protocol: 200, srcPort: 0, dstPort: 0, end: 1 }),
  'a flood that is summed up': summary('0.0.0.0', '10.0.0.9'),
  'a flood over IPv6 that is summed up': summary('::', '2001:db8::9'),
  'names that somebody made up to break things': flow({ srcName: 2, dstName: 2, sni: 2, ja4: 3 }),
  'names that are too long': flow({ sni: 4, httpHost: 4 }),
}

const MOMENTS: readonly AlertMoment[] = ['new', 'raised', 'resumed', 'ended']
const PARTIES = {
  'IPv4 addresses': { source: { ip: '192.0.2.7' }, target: { ip: '10.0.0.9', port: 22 } },
  'IPv6 addresses': {
    source: { ip: '2001:db8::7', mac: '02:00:00:00:00:07', vlan: 7 },
    target: { ip: '2001:db8::9' },
  },
  'a MAC alone': { source: { mac: '02:00:00:00:00:07' }, target: {} },
  'the name of a domain': { source: { ip: '10.0.0.7' }, target: { name: 'bad.example' } },
  nobody: { source: {}, target: {}, agent: '' },
}

describe.each(EXPORT_FORMATS)('$name', (kind) => {
  const problemsOf = PROBLEMS[kind.name]!
  const format = kind.create('1.2.3')
  const check = (event: object): void => {
    const read = asRead(event)
    const problems = problemsOf(read)
    if (problems.length > 0) expect(problems, JSON.stringify(read).slice(0, 3000)).toEqual([])
  }

  it.each(Object.entries(FLOWS))('takes %s', (_, of) => check(format.flow(of)))

  it.each(DETECTORS)('takes alerts of $name', ({ name: detector, techniques, version }) => {
    for (const parties of Object.values(PARTIES))
      for (const [i, moment] of MOMENTS.entries())
        for (const technique of ['', ...techniques]) {
          const severity = 25 * i
          const of = {
            detector,
            technique,
            version,
            severity,
            label: labelOf(severity),
            ...parties,
          }
          check(format.alert(rowOf(storedAlert(of)), moment))
        }
  })

  it('takes alerts of which risk, feeds and many flows of several protocols are known', () => {
    const row = sampleAlert()
    const [evidence] = row.evidence.flows
    const flows = [6, 17, 1].map((protocol) => ({ ...evidence!, protocol }))
    const intel = { risk: 80, srcRisk: 80, srcFeeds: ['spamhaus'] }
    check(format.alert({ ...row, ...intel, evidence: { ...row.evidence, flows } }, 'new'))
  })

  it.each([...ACTION_STATES, 'note'] as const)('takes actions that are %s', (state) => {
    const { action, step } = sampleAction()
    const of = (given: Partial<Action>) =>
      check(format.action({ action: { ...action, ...given }, step: { ...step, state } }))
    const limit = { packetsPerSecond: 50, burst: 100, of: 'syn' as const }
    of({})
    for (const target of ['192.0.2.0/24', '2001:db8::7', '2001:db8::/64']) of({ target })
    for (const mode of MODES) of({ mode })
    of({ mode: 'manual', policy: '', alert: '', agent: '', expiresAtMs: 0, latencyMs: null })
    of({ do: { ...action.do, block: 'no', rateLimit: limit } })
    of({ do: { ...action.do, block: 'no', terminate: true }, terminated: 3 })
    of({ do: { ...action.do, block: 'no', terminate: false, captureSeconds: 30 } })
    const sinceMs = action.createdAtMs
    const counted = { passedPackets: 0, droppedPackets: 12, agents: ['host-a'] }
    of({
      verification: { sinceMs, atMs: sinceMs + 10_000, ...counted },
      reachable: ['10.0.0.1/32'],
    })
    of({ inForce: false, isSpoofable: true, do: { ...action.do, override: true } })
    for (const by of ['ann', '', 'policy of people'])
      check(format.action({ action, step: { ...step, state, by, reason: 'x'.repeat(3000) } }))
  })

  it('takes whatever numbers an agent sends', () => {
    const { below } = createRandom(7)
    for (let i = 0; i < 500; i++) {
      const given = {
        ...{ end: 1 + below(4), protocol: below(256), srcPort: below(65_536), verdict: below(4) },
        ...{ dstPort: below(65_536), vlan: below(4096), path: below(8), synAck: below(2) },
        ...{ srcPackets: below(2 ** 40), dstPackets: below(3), srcBytes: below(2 ** 50) },
        ...{ firstNs: 1e9, lastNs: 1e9 + below(2 ** 45), srcProcess: below(2), sni: below(5) },
        ...(below(2) === 0 ? V6 : {}),
      }
      check(format.flow(flow(given)))
    }
  })

  it('would not take what is no event of it', () => {
    for (const event of Object.values(samplesOf(kind, '1.2.3')).map(asRead)) {
      expect(problemsOf(event)).toEqual([])
      expect(problemsOf({ ...event, unheard_of: 1 })).not.toEqual([])
      for (const name of Object.keys(event)) {
        // Of another type than it is: one that no field has.
        const broken = { ...event, [name]: { broken: 1 } }
        // What is ours may hold anything.
        if (name !== 'netscope' && name !== 'unmapped')
          expect(problemsOf(broken), name).not.toEqual([])
      }
    }
  })

  it('is shown in the reference as it is', () => {
    const reference = readFileSync(
      join(import.meta.dirname, '../../../docs/reference/export.md'),
      'utf8',
    )
    // To correct the page: netscope exports --sample FORMAT.
    for (const event of Object.values(samplesOf(kind, '0.1.0')))
      expect(reference).toContain(`\n    ${JSON.stringify(event)}\n`)
  })
})

test('the numbers of signatures differ', () => {
  const numbers = DETECTORS.map(({ name }) => signatureId(name))
  expect(new Set(numbers).size).toBe(DETECTORS.length)
})

test('a flow is counted in both directions, and an alert has the Community ID of its flow', () => {
  const [eve, ecs, ocsf] = EXPORT_FORMATS.map((kind) => asRead(kind.create('').flow(sampleFlow())))
  expect(eve).toMatchObject({ flow: { bytes_toserver: 1840, bytes_toclient: 14_220 } })
  expect(ecs).toMatchObject({ source: { bytes: 1840 }, destination: { bytes: 14_220 } })
  expect(ocsf).toMatchObject({ traffic: { bytes_out: 1840, bytes_in: 14_220, bytes: 16_060 } })
  const [alert] = EXPORT_FORMATS.map((kind) => asRead(kind.create('').alert(sampleAlert(), 'new')))
  const same = { src: '10.0.0.9', dst: '192.0.2.7', srcPort: 22, dstPort: 40_000 }
  expect(alert).toMatchObject({ community_id: flow(same).communityId })
})
