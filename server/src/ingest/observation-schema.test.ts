/** What agents tell of DNS: taken as the contract has it, refused otherwise. */
import { describe, expect, it } from 'vitest'
import type { DnsObservation } from '@netscope/core/observation/dns.ts'
import { factsOf } from '../devices/facts/facts-of.ts'
import { parseObservations } from './messages.ts'

const SAID: DnsObservation = {
  kind: 'dns',
  timeMs: 1_768_435_205_000,
  sinceMs: 1_768_435_200_000,
  interface: 'eth0',
  ifindex: 2,
  vlan: 0,
  innerVlan: 0,
  direction: 'EGRESS',
  srcMac: '02:00:00:00:00:01',
  dstMac: '',
  client: '10.0.0.5',
  server: '2001:db8::53',
  domain: 'example.com',
  queries: 3,
  answers: 2,
  nxdomains: 1,
  names: 2,
  nameDigests: [1, 4_294_967_295],
  nameChars: 6,
  longestNameChars: 3,
  nameMillibits: 1792,
  queryBytes: 120,
  answerBytes: 200,
  types: [{ type: 16, queries: 3 }],
  samples: ['a\\200.example.com', 'www.example.com'],
}

const parse = (said: object) =>
  parseObservations(Buffer.from(JSON.stringify({ observations: [said] })))

describe('observations of DNS', () => {
  it('are taken', () => {
    expect(parse(SAID)).toEqual({ value: { observations: [SAID] } })
  })

  it('are taken without client where there were too many', () => {
    expect(parse({ ...SAID, client: '', server: '', domain: '' })).toHaveProperty('value')
  })

  it.each([
    ['more digests than may be', { nameDigests: Array.from({ length: 65 }, (_, i) => i) }],
    ['more samples than may be', { samples: ['a', 'b', 'c', 'd'] }],
    ['a count below zero', { queries: -1 }],
    ['an address that is none', { client: '<script>' }],
  ])('are refused with %s', (_what, wrong) => {
    expect(parse({ ...SAID, ...wrong })).toHaveProperty('problem')
  })

  it('say nothing about devices', () => {
    expect(factsOf(SAID)).toEqual([])
  })
})
