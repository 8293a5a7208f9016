/** For tests: what a client asked about a domain. */
import type { DnsObservation } from '@netscope/core/observation/dns.ts'
import { START_MS } from './detector-rig.ts'

/** One question for an address, answered. */
export const dnsSaid = (given: Partial<DnsObservation>): DnsObservation => ({
  kind: 'dns',
  timeMs: START_MS,
  sinceMs: given.timeMs ?? START_MS,
  interface: 'eth0',
  ifindex: 2,
  vlan: 0,
  innerVlan: 0,
  direction: 'EGRESS',
  srcMac: '',
  dstMac: '',
  client: '10.0.0.5',
  server: '10.0.0.2',
  domain: 'example.com',
  queries: 1,
  answers: 1,
  nxdomains: 0,
  names: 1,
  nameDigests: [1],
  nameChars: 3,
  longestNameChars: 3,
  nameMillibits: 0,
  queryBytes: 33,
  answerBytes: 60,
  types: [{ type: 1, queries: 1 }],
  samples: ['www.example.com'],
  ...given,
})
