/** From an observation to what it says about devices; nothing is remembered here. */
import type { Observation } from '@netscope/core/observation.ts'
import { factsOfArp } from './arp-facts.ts'
import { factsOfDhcp, factsOfDhcpv6 } from './dhcp-facts.ts'
import type { Fact } from './fact.ts'
import { factsOfName } from './name-facts.ts'
import { factsOfNdp } from './ndp-facts.ts'

export const factsOf = (said: Observation): Fact[] => {
  if (said.kind === 'arp') return factsOfArp(said)
  if (said.kind === 'ndp') return factsOfNdp(said)
  if (said.kind === 'dhcp') return factsOfDhcp(said)
  if (said.kind === 'dhcpv6') return factsOfDhcpv6(said)
  // What somebody asks for, or carries for others, says nothing about what he is.
  return said.kind === 'dns' || said.kind === 'next-hop' || said.kind === 'redirect'
    ? []
    : factsOfName(said)
}
