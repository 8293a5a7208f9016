/** What the detectors ask of addresses: whether they are of this site, and whether of a machine with an agent. */
import { formatAddress } from '@netscope/core/address.ts'
import type { FlowReader, Side } from '@netscope/core/flow-record.ts'
import { isUnicast } from '@netscope/core/local-networks.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { SLOT } from '@netscope/core/slot.ts'
import { createSiteNetworks } from '@netscope/detect/site-networks.ts'
import type { SiteNetworks } from '@netscope/detect/site-networks.ts'
import { isOwn } from '../devices/flow-sightings.ts'

export interface LearningSurroundings extends SiteNetworks {
  /** Addresses that this agent's machine sends from. */
  record(record: FlowReader): void
}

const MAX_OWN = 4096
const SIDES: readonly Side[] = ['src', 'dst']

/** `named`: networks that people gave a name. */
export const createSurroundings = (named: readonly Prefix[]): LearningSurroundings => {
  const site = createSiteNetworks(named)
  const own = new Set<string>()

  return {
    isLocal: (address) => own.has(address) || site.isLocal(address),
    isOwn: (address) => own.has(address),
    observe: site.observe,
    record(r) {
      // Who sends with forged sources gets no answers.
      if (r.pair64(SLOT.packets, 'src') === 0 || r.pair64(SLOT.packets, 'dst') === 0) return
      for (const side of SIDES) {
        if (!isOwn(r, side) || own.size >= MAX_OWN) continue
        const at = r.address(side)
        if (!isUnicast(r.view, at)) continue
        own.add(formatAddress(r.view, at))
      }
    },
  }
}
