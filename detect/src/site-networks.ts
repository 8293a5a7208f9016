/** Which addresses belong to this site: private ones, networks that people named, subnets that the network told. */
import type { Observation } from '@netscope/core/observation.ts'
import { encodePrefix, parsePrefix, type Prefix } from '@netscope/core/prefix.ts'
import { type AddressTest, prefixTest } from '@netscope/core/query/prefix-test.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { createBoundedMap } from './bounded-map.ts'
import type { Surroundings } from './detector.ts'

/** RFC 1918, RFC 3927, RFC 4193, RFC 4291 section 2.5.6. */
const PRIVATE = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
]
/** More are not learned, nor shorter ones: a rogue server of addresses could make half the internet ours. */
const MAX_LEARNED = 64
const SHORTEST = { v4: 112, v6: 48 }
const MAX_JUDGED = 65_536
const WHOLE = 128

export interface SiteNetworks extends Surroundings {
  /** Learns the subnets that router advertisements and DHCP servers tell. */
  observe(observation: Observation): void
}

/** `named`: prefixes as texts. Nothing is known of agents' own addresses: for captures. */
export const createSiteNetworks = (named: readonly string[]): SiteNetworks => {
  const tests: AddressTest[] = [...PRIVATE, ...named].map((text) => prefixTest(parsePrefix(text)))
  const judged = createBoundedMap<string, boolean>(MAX_JUDGED)
  const learned = new Set<string>()
  const scratch = new Uint8Array(PREFIX_BYTES)
  const view = new DataView(scratch.buffer)

  const learn = (prefix: Prefix | undefined): void => {
    if (!prefix || learned.size >= MAX_LEARNED || learned.has(prefix.text)) return
    if (prefix.length < (prefix.text.includes(':') ? SHORTEST.v6 : SHORTEST.v4)) return
    learned.add(prefix.text)
    tests.push(prefixTest(prefix))
    judged.clear()
  }

  const judge = (address: string): boolean =>
    encodePrefix(address, scratch, 0) === undefined &&
    scratch[0] === WHOLE &&
    tests.some((holds) => holds(view, 4))

  return {
    isLocal(address) {
      let isLocal = judged.get(address)
      if (isLocal === undefined) judged.set(address, (isLocal = judge(address)))
      return isLocal
    },
    isOwn: () => false,
    observe(observation) {
      for (const text of subnetsOf(observation)) learn(prefixOf(text))
    },
  }
}

const subnetsOf = (observation: Observation): string[] => {
  if (observation.kind === 'dhcp') {
    const { message, yourIp, subnetMask } = observation
    return message === 'ACK' && yourIp !== '' && subnetMask !== undefined
      ? [`${yourIp}/${bitsOf(subnetMask)}`]
      : []
  }
  if (observation.kind !== 'ndp' || observation.message !== 'RA') return []
  const onLink = observation.prefixes.filter((prefix) => prefix.onLink)
  return onLink.map(({ prefix, length }) => `${prefix}/${length}`)
}

/** Ones at the beginning of a dotted mask. */
const bitsOf = (mask: string): number =>
  Math.clz32(~mask.split('.').reduce((word, octet) => (word << 8) | Number(octet), 0))

const prefixOf = (text: string): Prefix | undefined => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  return encodePrefix(text, bytes, 0) === undefined ? parsePrefix(text) : undefined
}
