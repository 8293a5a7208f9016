/** What the detectors ask of addresses: whether they are of this site, and whether of a machine with an agent. */
import { formatAddress } from '@netscope/core/address.ts'
import type { FlowReader, Side } from '@netscope/core/flow-record.ts'
import { isUnicast } from '@netscope/core/local-networks.ts'
import type { Observation } from '@netscope/core/observation.ts'
import { encodePrefix, parsePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import { PREFIX_BYTES, SLOT } from '@netscope/core/slot.ts'
import { toldSubnets } from '@netscope/core/told-subnets.ts'
import type { ToldSubnet } from '@netscope/core/told-subnets.ts'
import { createBoundedMap } from '@netscope/detect/bounded-map.ts'
import type { Surroundings } from '@netscope/detect/detector.ts'
import { createSiteNetworks } from '@netscope/detect/site-networks.ts'
import { isOwn } from '../devices/flow-sightings.ts'

export interface LearningSurroundings extends Surroundings {
  /** Subnets that the network tells: believed where a machine with an agent has an address in them. */
  observe(said: Observation): void
  /** Addresses that this agent's machine sends from. */
  record(record: FlowReader): void
  /** Addresses of machines with an agent. */
  own(): Iterable<string>
}

const MAX_OWN = 4096
/** Subnets that wait for an address of ours. */
const MAX_TOLD = 256
const SIDES: readonly Side[] = ['src', 'dst']

/** `named`: networks that people gave a name. */
export const createSurroundings = (named: readonly Prefix[]): LearningSurroundings => {
  const site = createSiteNetworks(named)
  /** With their 16 bytes. */
  const own = new Map<string, DataView>()
  const told = createBoundedMap<string, ToldSubnet>(MAX_TOLD)

  const learn = (key: string, subnet: ToldSubnet): void => {
    const holds = prefixTest(parsePrefix(key))
    if (![...own.values()].some((bytes) => holds(bytes, 0))) return
    site.learn(subnet)
    told.delete(key)
  }

  return {
    isLocal: (address) => own.has(address) || site.isLocal(address),
    isOwn: (address) => own.has(address),
    own: () => own.keys(),
    observe(said) {
      for (const subnet of toldSubnets(said)) {
        const key = `${subnet.prefix}/${subnet.length}`
        if (told.peek(key) || !isPrefix(key)) continue
        told.set(key, subnet)
        learn(key, subnet)
      }
    },
    record(r) {
      // Who sends with forged sources gets no answers.
      if (r.pair64(SLOT.packets, 'src') === 0 || r.pair64(SLOT.packets, 'dst') === 0) return
      for (const side of SIDES) {
        if (!isOwn(r, side) || own.size >= MAX_OWN) continue
        const at = r.address(side)
        if (!isUnicast(r.view, at)) continue
        const address = formatAddress(r.view, at)
        if (own.has(address)) continue
        const from = r.view.byteOffset + at
        own.set(address, new DataView(r.view.buffer.slice(from, from + 16)))
        for (const [key, subnet] of told.entries()) learn(key, subnet)
      }
    },
  }
}

const isPrefix = (text: string): boolean =>
  encodePrefix(text, new Uint8Array(PREFIX_BYTES), 0) === undefined
