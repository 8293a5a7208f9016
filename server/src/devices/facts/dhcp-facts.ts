/** What DHCP says about devices: who is given which address, how clients call themselves, who serves them. */
import { toldSubnets } from '@netscope/core/told-subnets.ts'
import type { DhcpObservation } from '@netscope/core/observation/dhcp.ts'
import type { Dhcpv6Observation } from '@netscope/core/observation/dhcpv6.ts'
import { isStation } from '../mac-kind.ts'
import type { Fact, Subject } from './fact.ts'

export const factsOfDhcp = (said: DhcpObservation): Fact[] =>
  said.fromServer ? factsOfServer(said) : factsOfClient(said)

const factsOfClient = (said: DhcpObservation): Fact[] => {
  const { clientMac: mac, clientIp, requestedIp, message } = said
  if (!isStation(mac)) return []
  const facts: Fact[] = [{ kind: 'station', mac }]
  if (message === 'REQUEST') {
    // What it has already and renews; what it only asks for may be refused.
    if (clientIp !== '') facts.push({ kind: 'binding', mac, ip: clientIp, sure: false })
    else if (requestedIp) facts.push({ kind: 'binding', mac, ip: requestedIp, sure: false })
  }
  return [...facts, ...nameOf({ mac }, said)]
}

/** A full name beats a bare one. */
const nameOf = (of: Subject, { fqdn, hostName }: { fqdn?: string; hostName?: string }): Fact[] => {
  const name = fqdn || hostName
  return name ? [{ kind: 'name', of, name, source: 'dhcp' }] : []
}

const serves = (ip: string, detail: string): Fact => ({
  kind: 'role',
  of: { ip },
  role: 'DHCP server',
  detail,
})

const GIVES: readonly string[] = ['OFFER', 'ACK']

const factsOfServer = (said: DhcpObservation): Fact[] => {
  const facts: Fact[] = []
  if (!GIVES.includes(said.message)) return facts
  const { clientMac: mac, yourIp, serverId } = said
  if (said.message === 'ACK' && isStation(mac) && yourIp !== '') {
    facts.push({ kind: 'binding', mac, ip: yourIp, sure: true }, ...nameOf({ mac }, said))
    for (const subnet of toldSubnets(said)) facts.push({ kind: 'subnet', ...subnet })
  }
  if (serverId)
    facts.push(serves(serverId, `answered ${mac || 'a client'} with DHCP ${said.message}`))
  const named = `named by the DHCP server ${serverId ?? said.src}`
  for (const ip of said.routers ?? [])
    facts.push({ kind: 'role', of: { ip }, role: 'router', detail: named })
  for (const ip of said.dnsServers ?? [])
    facts.push({ kind: 'role', of: { ip }, role: 'DNS server', detail: named })
  return facts
}

export const factsOfDhcpv6 = (said: Dhcpv6Observation): Fact[] => {
  // Relayed: the frame is the relay's, and the MAC in a DUID may be that of another interface.
  if (said.relays > 0) return []
  const isReply = said.message === 'REPLY'
  if (isReply || said.message === 'ADVERTISE') return factsOfServer6(said, isReply)
  const { srcMac: mac } = said
  if (!isStation(mac)) return []
  return [
    { kind: 'binding', mac, ip: said.src, sure: false },
    ...nameOf({ mac }, said.fqdn === undefined ? {} : { fqdn: said.fqdn }),
  ]
}

const factsOfServer6 = (said: Dhcpv6Observation, isReply: boolean): Fact[] => {
  const facts: Fact[] = [serves(said.src, `answers with DHCPv6 ${said.message}`)]
  if (isReply && isStation(said.dstMac)) {
    for (const { address, validSeconds } of said.addresses)
      if (validSeconds > 0)
        facts.push({ kind: 'binding', mac: said.dstMac, ip: address, sure: false })
  }
  for (const ip of said.dnsServers)
    facts.push({
      kind: 'role',
      of: { ip },
      role: 'DNS server',
      detail: `named by the DHCPv6 server ${said.src}`,
    })
  return facts
}
