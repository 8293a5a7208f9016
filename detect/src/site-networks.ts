/** Which addresses belong to this site: private ones, networks that people named, subnets that the network told. */
import { createLocalNetworks } from '@netscope/core/local-networks.ts'
import type { Observation } from '@netscope/core/observation.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { toldSubnets } from '@netscope/core/told-subnets.ts'
import { createBoundedMap } from './bounded-map.ts'
import type { Surroundings } from './detector.ts'

/** An address is asked about many times. */
const MAX_JUDGED = 65_536

export interface SiteNetworks extends Surroundings {
  /** Learns the subnets that router advertisements and DHCP servers tell. */
  observe(observation: Observation): void
}

/** Nothing is known of agents' own addresses: that is for whoever has agents. */
export const createSiteNetworks = (named: readonly Prefix[]): SiteNetworks => {
  const networks = createLocalNetworks(named)
  const judged = createBoundedMap<string, boolean>(MAX_JUDGED)

  return {
    isLocal(address) {
      let isLocal = judged.get(address)
      if (isLocal === undefined) judged.set(address, (isLocal = networks.isLocalText(address)))
      return isLocal
    },
    isOwn: () => false,
    observe(observation) {
      const before = networks.subnets().length
      for (const { prefix, length } of toldSubnets(observation)) networks.add(prefix, length)
      if (networks.subnets().length !== before) judged.clear()
    },
  }
}
