/** Which addresses belong to this site: private ones, networks that people named, subnets that the network told. */
import { createLocalNetworks } from '@netscope/core/local-networks.ts'
import type { Observation } from '@netscope/core/observation.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { toldSubnets, type ToldSubnet } from '@netscope/core/told-subnets.ts'
import { createBoundedMap } from './bounded-map.ts'
import type { Surroundings } from './detector.ts'

/** An address is asked about many times; the one judged first makes room, which costs its judgement only. */
const MAX_JUDGED = 65_536

export interface SiteNetworks extends Surroundings {
  /** Learns the subnets that router advertisements and DHCP servers tell: anybody on the network can, so for captures only. */
  observe(observation: Observation): void
  learn(subnet: ToldSubnet): void
}

/** Nothing is known of agents' own addresses: that is for whoever has agents. */
export const createSiteNetworks = (named: readonly Prefix[]): SiteNetworks => {
  const networks = createLocalNetworks(named)
  const judged = createBoundedMap<string, boolean>(MAX_JUDGED)

  const learn = ({ prefix, length }: ToldSubnet): void => {
    const before = networks.subnets().length
    networks.add(prefix, length)
    if (networks.subnets().length !== before) judged.clear()
  }

  return {
    isLocal(address) {
      let isLocal = judged.peek(address)
      if (isLocal === undefined) judged.set(address, (isLocal = networks.isLocalText(address)))
      return isLocal
    },
    isOwn: () => false,
    observe: (observation) => toldSubnets(observation).forEach(learn),
    learn,
  }
}
