/** What mDNS, LLMNR and NetBIOS say about devices: names and services. Anybody can say anything for anybody there. */
import type { NamedHost, NameObservation } from '@netscope/core/observation/name.ts'
import { isStation } from '../mac-kind.ts'
import type { Fact, NameSource, Subject } from './fact.ts'

const SOURCES: Readonly<Record<NameObservation['protocol'], NameSource>> = {
  mDNS: 'mdns',
  LLMNR: 'mdns',
  NBNS: 'nbns',
}
/** NetBIOS: workstation and file server; the other services go by names of domains and browsers. */
const OWN_SUFFIXES: readonly (number | undefined)[] = [undefined, 0, 0x20]

export const factsOfName = (said: NameObservation): Fact[] => {
  const facts: Fact[] = []
  const { srcMac: mac, src } = said
  // These protocols stay on their link, so the frame is the sender's own; a reflector is the sender of its copy.
  const sender: Subject = isStation(mac) ? { mac, ip: src } : { ip: src }
  if (isStation(mac)) facts.push({ kind: 'binding', mac, ip: src, sure: false })
  const hosts = said.hosts.filter(isAlive)
  for (const host of hosts) facts.push(...factsOfHost(host, sender, SOURCES[said.protocol]))
  if (!said.isResponse) return facts
  for (const { type, instance, host, port = 0 } of said.services) {
    const at = host === undefined ? undefined : hosts.find(({ name }) => name === host)
    facts.push({
      kind: 'service',
      of: ownerOf(at, sender),
      service: { type: type.toLowerCase(), instance, port },
    })
  }
  return facts
}

const isAlive = ({ ttlSeconds, group, suffix, name }: NamedHost): boolean => {
  // A NetBIOS node status has no lifetime of its own.
  const isGoodBye = ttlSeconds === 0 && suffix === undefined
  return name !== '' && !isGoodBye && group !== true && OWN_SUFFIXES.includes(suffix)
}

/** The sender if the addresses are its own or none are told, else whoever has the first of them. */
const ownerOf = (host: NamedHost | undefined, sender: Subject): Subject => {
  const addresses = host?.addresses ?? []
  if (addresses.length === 0 || addresses.includes(sender.ip ?? '')) return sender
  return { ip: addresses[0] as string }
}

const factsOfHost = (host: NamedHost, sender: Subject, source: NameSource): Fact[] => {
  const of = ownerOf(host, sender)
  const facts: Fact[] = [{ kind: 'name', of, name: host.name, source }]
  if (of === sender && host.suffix === 0x20)
    facts.push({ kind: 'role', of, role: 'file server', detail: 'NetBIOS file service' })
  return facts
}
