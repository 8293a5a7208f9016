/** What the detectors ask of addresses: whether they are of this site, and whether of a machine with an agent. */
import { formatAddress } from '@netscope/core/address.ts'
import type { FlowReader, Side } from '@netscope/core/flow-record.ts'
import type { Observation } from '@netscope/core/observation.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { SLOT } from '@netscope/core/slot.ts'
import type { Surroundings } from '@netscope/detect/detector.ts'
import { factsOf } from '../devices/facts/facts-of.ts'
import { isOwn } from '../devices/flow-sightings.ts'
import { createLocalNetworks, isUnicast } from '../devices/local-networks.ts'

export interface LearningSurroundings extends Surroundings {
  /** Subnets that the network itself tells. */
  observe(said: readonly Observation[]): void
  /** Addresses that this agent's machine sends from. */
  record(record: FlowReader): void
}

/** An address is asked about many times. */
const MAX_JUDGED = 65_536
const MAX_OWN = 4096
const SIDES: readonly Side[] = ['src', 'dst']

/** `named`: networks that people gave a name. */
export const createSurroundings = (named: readonly Prefix[]): LearningSurroundings => {
  const networks = createLocalNetworks(named)
  const own = new Set<string>()
  const judged = new Map<string, boolean>()

  const addSubnet = (prefix: string, length: number): void => {
    const before = networks.subnets().length
    networks.add(prefix, length)
    if (networks.subnets().length !== before) judged.clear()
  }

  return {
    isLocal(address) {
      const known = judged.get(address)
      if (known !== undefined) return known
      if (judged.size >= MAX_JUDGED) judged.clear()
      const isLocal = own.has(address) || networks.isLocalText(address)
      judged.set(address, isLocal)
      return isLocal
    },
    isOwn: (address) => own.has(address),
    observe(said) {
      for (const observation of said)
        for (const fact of factsOf(observation))
          if (fact.kind === 'subnet') addSubnet(fact.prefix, fact.length)
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
        own.add(address)
        judged.delete(address)
      }
    },
  }
}
