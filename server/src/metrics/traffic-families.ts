/** The metrics `ntc_*`: names and shapes that scrape configurations and dashboards already use. */
import type { IpActivity, Status } from '@netscope/core/status.ts'
import type { Agents } from '../agents.ts'
import { counter, gauge, one } from './family.ts'
import type { Family, Sample } from './family.ts'

/** Addresses that get a label: the top by packets. */
const TOP_IPS = 10

/** Totals outlive a connection; rates and counts of now are those of the agents that are there. */
export const trafficFamilies = (agents: Agents): Family[] => {
  const last = (): Status[] => agents.all.flatMap(({ status }) => status ?? [])
  const current = (): Status[] => agents.connected.flatMap(({ status }) => status ?? [])
  const sum = (read: (status: Status) => number) => (): Sample[] => {
    const statuses = current()
    return one(
      statuses.length === 0 ? undefined : statuses.reduce((all, status) => all + read(status), 0),
    )
  }
  const perIp = (read: (ip: IpActivity) => number) => (): Sample[] =>
    topIps(current()).map((ip) => ({ labels: { ip: ip.ip }, value: read(ip) }))

  return [
    gauge(
      'ntc_packets_per_second',
      'Packets per second, average over 60 s.',
      sum((s) => s.packetsPerSecond),
    ),
    gauge(
      'ntc_bytes_per_second',
      'L3 bytes per second, average over 60 s.',
      sum((s) => s.bytesPerSecond),
    ),
    gauge(
      'ntc_active_ips',
      'Distinct source addresses in the last 60 s.',
      sum((s) => s.activeIps),
    ),
    gauge(
      'ntc_active_flows',
      'Flows that are live.',
      sum((s) => s.activeFlows),
    ),
    counter('ntc_packets_total', 'Packets by protocol, direction and action.', () =>
      totals(last(), ['protocol', 'direction', 'action'], 'packets'),
    ),
    counter('ntc_bytes_total', 'L3 bytes by protocol.', () =>
      totals(last(), ['protocol'], 'bytes'),
    ),
    gauge(
      'ntc_ip_packets_per_second',
      'Packets per second that an address sent, average over 60 s, top 10.',
      perIp((ip) => ip.packetsPerSecond),
    ),
    gauge(
      'ntc_ip_unique_dst_ports',
      'Distinct destination ports that an address sent to in the last 60 s.',
      perIp((ip) => ip.uniqueDstPorts),
    ),
    {
      name: 'ntc_ip_syn_count',
      type: 'untyped',
      help: 'TCP SYN without ACK that an address sent in the last 60 s.',
      collect: perIp((ip) => ip.synCount),
    },
  ]
}

type Total = Status['totals'][number]
const LABELS = { protocol: 'proto', direction: 'direction', action: 'action' } as const

/** Totals added up by the fields in `by`. */
const totals = (
  statuses: readonly Status[],
  by: readonly (keyof typeof LABELS)[],
  what: 'packets' | 'bytes',
): Sample[] => {
  const sums = new Map<string, Sample>()
  for (const total of statuses.flatMap((status): Total[] => status.totals)) {
    const key = by.map((field) => total[field]).join(' ')
    const labels = Object.fromEntries(by.map((field) => [LABELS[field], total[field]]))
    const sample = sums.get(key) ?? { labels, value: 0 }
    sample.value += total[what]
    sums.set(key, sample)
  }
  return [...sums.values()]
}

/** With several agents, an address appears once, as the agent saw it that saw most of it. */
const topIps = (statuses: readonly Status[]): IpActivity[] => {
  const byIp = new Map<string, IpActivity>()
  for (const activity of statuses.flatMap((status) => status.topIps)) {
    const known = byIp.get(activity.ip)
    if (!known || known.packetsPerSecond < activity.packetsPerSecond)
      byIp.set(activity.ip, activity)
  }
  return [...byIp.values()]
    .toSorted((a, b) => b.packetsPerSecond - a.packetsPerSecond)
    .slice(0, TOP_IPS)
}
