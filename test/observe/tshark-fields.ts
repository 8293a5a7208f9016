/** What tshark reads in frames of these protocols, in the form of our records, by frame number. */
import { spawnSync } from 'node:child_process'
import type { Observation } from '@netscope/core/observation.ts'

const MAX_OUTPUT_BYTES = 1 << 28

/** Fields of tshark and of our record, one against one; several values are joined with a comma. */
interface Comparison {
  kind: Observation['kind']
  /** As frame.protocols names it. */
  protocol: string
  filter: string
  fields: Readonly<Record<string, (observation: never) => unknown>>
}

type Of<Kind extends Observation['kind']> = Extract<Observation, { kind: Kind }>

const comparison = <Kind extends Observation['kind']>(
  kind: Kind,
  protocol: string,
  filter: string,
  fields: Record<string, (observation: Of<Kind>) => unknown>,
): Comparison => ({ kind, protocol, filter, fields })

const hex = (value: number, digits: number): string =>
  `0x${value.toString(16).padStart(digits, '0')}`
const flag = (value: boolean | undefined): string | undefined =>
  value === undefined ? undefined : value ? '1' : '0'
const NDP_TYPES = { RS: 133, RA: 134, NS: 135, NA: 136, redirect: 137 } as const
/** Frames whose header claims more than they have. */
const WHOLE = '!_ws.malformed && !_ws.short && !icmp'

const NAME_FIELDS: Record<string, (name: Of<'name'>) => unknown> = {
  'dns.id': (name) => hex(name.id, 4),
  'dns.flags.response': (name) => flag(name.isResponse),
  'dns.qry.name': (name) => name.questions.map((question) => question.name),
  'dns.qry.type': (name) => name.questions.map(({ type }) => type),
  'dns.a': (name) => addressesOf(name).filter((address) => !address.includes(':')),
  'dns.aaaa': (name) => addressesOf(name).filter((address) => address.includes(':')),
  'dns.srv.port': (name) => name.services.map(({ port }) => port).filter((port) => port),
  'dns.srv.target': (name) => name.services.map(({ host }) => host).filter((host) => host),
}

const COMPARISONS: readonly Comparison[] = [
  comparison(
    'arp',
    'arp',
    'arp.proto.type==0x0800 && arp.hw.size==6 && arp.proto.size==4 && arp.opcode in {1,2} && arp.hw.type in {1,6}',
    {
      'arp.opcode': ({ operation }) => (operation === 'request' ? 1 : 2),
      'arp.src.hw_mac': (arp) => arp.senderMac,
      'arp.src.proto_ipv4': (arp) => arp.senderIp,
      'arp.dst.hw_mac': (arp) => arp.targetMac,
      'arp.dst.proto_ipv4': (arp) => arp.targetIp,
      'arp.isprobe': (arp) => (arp.probe ? '1' : ''),
      'arp.isgratuitous': (arp) => (arp.gratuitous ? '1' : ''),
    },
  ),
  comparison('ndp', 'icmpv6', 'icmpv6.type in {133..137}', {
    'icmpv6.type': ({ message }) => NDP_TYPES[message],
    'ipv6.src': (ndp) => ndp.src,
    'ipv6.dst': (ndp) => ndp.dst,
    'ipv6.hlim': (ndp) => ndp.hopLimit,
    'icmpv6.code': (ndp) => ndp.code,
    'icmpv6.nd.ns.target_address': (ndp) => (ndp.message === 'NS' ? ndp.target : ''),
    'icmpv6.nd.na.target_address': (ndp) => (ndp.message === 'NA' ? ndp.target : ''),
    'icmpv6.nd.na.flag.r': (ndp) => (ndp.message === 'NA' ? flag(ndp.router) : ''),
    'icmpv6.nd.na.flag.s': (ndp) => (ndp.message === 'NA' ? flag(ndp.solicited) : ''),
    'icmpv6.nd.na.flag.o': (ndp) => (ndp.message === 'NA' ? flag(ndp.override) : ''),
    'icmpv6.nd.ra.router_lifetime': (ndp) =>
      ndp.message === 'RA' ? ndp.routerLifetimeSeconds : '',
    'icmpv6.nd.ra.flag.m': (ndp) => (ndp.message === 'RA' ? flag(ndp.managed) : ''),
    'icmpv6.nd.ra.flag.o': (ndp) => (ndp.message === 'RA' ? flag(ndp.otherConfig) : ''),
    'icmpv6.nd.ra.cur_hop_limit': (ndp) => (ndp.message === 'RA' ? ndp.advertisedHopLimit : ''),
    'icmpv6.opt.prefix': (ndp) =>
      ndp.message === 'RA' ? ndp.prefixes.map(({ prefix }) => prefix) : '',
    'icmpv6.opt.prefix.valid_lifetime': (ndp) =>
      ndp.message === 'RA' ? ndp.prefixes.map(({ validSeconds }) => validSeconds) : '',
    'icmpv6.opt.mtu': (ndp) => (ndp.message === 'RA' ? ndp.mtuBytes : ''),
    'icmpv6.opt.rdnss': (ndp) =>
      ndp.message === 'RA' ? ndp.dnsServers.map(({ address }) => address) : '',
    'icmpv6.opt.src_linkaddr': (ndp) => ndp.sourceLinkMac,
    'icmpv6.opt.target_linkaddr': (ndp) => ndp.targetLinkMac,
  }),
  comparison('dhcp', 'dhcp', 'dhcp.cookie', {
    'dhcp.option.dhcp': ({ message }) =>
      ['DISCOVER', 'OFFER', 'REQUEST', 'DECLINE', 'ACK', 'NAK', 'RELEASE', 'INFORM'].indexOf(
        message,
      ) + 1 || '',
    'dhcp.id': (dhcp) => hex(dhcp.xid, 8),
    'dhcp.hw.mac_addr': (dhcp) => dhcp.clientMac,
    'dhcp.ip.your': (dhcp) => dhcp.yourIp || '0.0.0.0',
    'dhcp.ip.client': (dhcp) => dhcp.clientIp || '0.0.0.0',
    'dhcp.option.dhcp_server_id': (dhcp) => dhcp.serverId,
    'dhcp.option.requested_ip_address': (dhcp) => dhcp.requestedIp,
    'dhcp.option.ip_address_lease_time': (dhcp) => dhcp.leaseSeconds,
    'dhcp.option.router': (dhcp) => dhcp.routers,
    'dhcp.option.domain_name_server': (dhcp) => dhcp.dnsServers,
    'dhcp.option.hostname': (dhcp) => dhcp.hostName,
    'dhcp.option.domain_name': (dhcp) => dhcp.domain,
    'dhcp.option.vendor_class_id': (dhcp) => dhcp.vendorClass,
    'dhcp.option.request_list_item': (dhcp) => dhcp.parameterList,
  }),
  comparison('dhcpv6', 'dhcpv6', 'dhcpv6', {
    'dhcpv6.xid': (dhcp) => hex(dhcp.xid, 6),
    'dhcpv6.duid.bytes': (dhcp) => [dhcp.clientDuid, dhcp.serverDuid].filter((id) => id).toSorted(),
    'dhcpv6.iaaddr.ip': (dhcp) => dhcp.addresses.map(({ address }) => address),
    'dhcpv6.dns_server': (dhcp) => dhcp.dnsServers,
    'dhcpv6.requested_option_code': (dhcp) => dhcp.requestedOptions,
    'dhcpv6.tld': (dhcp) => dhcp.fqdn && `${dhcp.fqdn}.`,
  }),
  comparison('name', 'mdns', 'mdns', NAME_FIELDS),
  comparison('name', 'llmnr', 'llmnr', NAME_FIELDS),
  comparison('name', 'nbns', 'nbns', {
    'nbns.id': (name) => hex(name.id, 4),
    'nbns.flags.response': (name) => flag(name.isResponse),
    'nbns.addr': addressesOf,
  }),
]

function addressesOf({ hosts }: Of<'name'>): string[] {
  return hosts.flatMap(({ addresses }) => addresses)
}

/** Rows that differ, as text; and how many frames were compared. One run of tshark: its start takes a second. */
export const compareWithTshark = (
  file: string,
  observations: ReadonlyMap<number, Observation>,
): { compared: number; differences: string[] } => {
  const differences: string[] = []
  let compared = 0
  for (const row of tsharkRows(file)) {
    const protocols = (row.get('frame.protocols') ?? '').split(':')
    const comparison = COMPARISONS.find(({ protocol }) => protocols.includes(protocol))
    if (comparison === undefined) throw new Error(`what is ${protocols.join(':')}?`)
    compared++
    const number = Number(row.get('frame.number'))
    const ours = observations.get(number)
    if (ours?.kind !== comparison.kind) {
      differences.push(`frame ${number}: no ${comparison.kind} record`)
      continue
    }
    for (const [name, read] of Object.entries(comparison.fields)) {
      const value = textOf(read(ours as never), name)
      const expected = textOf((row.get(name) ?? '').split(','), name)
      if (value !== expected)
        differences.push(`frame ${number}: ${name} is ${expected}, ours ${value}`)
    }
  }
  return { compared, differences }
}

/** Flags as numbers; of a list that tshark collects over the packet what stands where ours does. */
const textOf = (value: unknown, field: string): string => {
  const list = (Array.isArray(value) ? value : [value ?? ''])
    .map(String)
    .map((text) => FLAGS[text] ?? text)
  // It also lists the MAC in a client id, and DUIDs in the order of their options.
  if (field === 'dhcp.hw.mac_addr') return list[0] ?? ''
  return (field === 'dhcpv6.duid.bytes' ? list.toSorted() : list).join(',')
}
const FLAGS: Readonly<Record<string, string>> = { True: '1', False: '0' }

/** Fields by name, of each frame that a filter takes. */
const tsharkRows = (file: string): Map<string, string>[] => {
  const fields = [
    'frame.number',
    'frame.protocols',
    ...COMPARISONS.flatMap(({ fields }) => Object.keys(fields)),
  ]
  const filter = COMPARISONS.map(({ filter }) => `(${filter})`).join(' || ')
  const { stdout, stderr } = spawnSync(
    'tshark',
    [
      ...['-n', '-r', file, '-Y', `(${filter}) && ${WHOLE}`],
      ...['-T', 'fields', '-E', 'separator=/t', ...fields.flatMap((name) => ['-e', name])],
    ],
    { encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES },
  )
  if (/aren't valid|neither a field/.test(stderr)) throw new Error(stderr)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => new Map(line.split('\t').map((value, i) => [fields[i] ?? '', value])))
}
