/** The machine's network interfaces from sysfs and `ip -d link`; sysfs of our own network namespace. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, existsSync } from 'node:fs'
import type { Interface, InterfaceCounters } from '../source.ts'
import { kernelAtLeast } from './bpf-object.ts'
import { isEthernet, linkHeaderBytesOf } from './link-type.ts'

const SYS = '/sys/class/net'

/** ARPHRD types of tunnels by IP: before Linux 5.14 what arrives there still begins with the outer headers. */
const IP_TUNNELS = new Set([768, 769, 776, 778, 823])

/** Kinds of `ip -d link` that pass packets on to another interface, where they are counted. */
const STACKED: Readonly<Record<string, Interface['kind']>> = {
  bridge: 'bridge',
  bond: 'bond',
  team: 'bond',
  vlan: 'vlan',
  macvlan: 'vlan',
  ipvlan: 'vlan',
  vrf: 'bridge',
  wireguard: 'tunnel',
  vxlan: 'tunnel',
  geneve: 'tunnel',
  gre: 'tunnel',
  gretap: 'tunnel',
  ip6gre: 'tunnel',
  ip6tnl: 'tunnel',
  ipip: 'tunnel',
  sit: 'tunnel',
  xfrm: 'tunnel',
  vti: 'tunnel',
  ifb: 'other',
}

export interface FoundInterface {
  ifindex: number
  name: string
  kind: Interface['kind']
  leaf: boolean
  /** Bytes before the IP header; undefined where we can't read the packets, with `reason`. */
  linkHeaderBytes?: 0 | 14
  reason?: string
}

const readText = (path: string): string => readFileSync(path, 'utf8').trim()

/** Name and ifindex of all interfaces; one that vanishes meanwhile is left out. */
export const listInterfaces = (): { name: string; ifindex: number }[] =>
  readdirSync(SYS).flatMap((name) => {
    try {
      return [{ name, ifindex: Number(readText(`${SYS}/${name}/ifindex`)) }]
    } catch {
      return []
    }
  })

/** What an interface is; undefined when it has gone. */
export const describeInterface = (name: string, ifindex: number): FoundInterface | undefined => {
  try {
    const type = Number(readText(`${SYS}/${name}/type`))
    const linkHeaderBytes = linkHeaderBytesOf(type)
    const found = { ifindex, name, ...classify(name, type) }
    if (IP_TUNNELS.has(type) && !kernelAtLeast(5, 14)) {
      return { ...found, reason: 'tunnels can be read from Linux 5.14 on' }
    }
    if (linkHeaderBytes !== undefined) return { ...found, linkHeaderBytes }
    return { ...found, reason: `link type ${type} (ARPHRD) is not read here` }
  } catch {
    return undefined
  }
}

const classify = (name: string, type: number): Pick<FoundInterface, 'kind' | 'leaf'> => {
  const linkKind = readLinkKind(name)
  const stacked = STACKED[linkKind]
  if (stacked) return { kind: stacked, leaf: false }
  if (type === 772) return { kind: 'loopback', leaf: true }
  if (linkKind === 'veth') return { kind: 'veth', leaf: true }
  if (linkKind === 'tun') return { kind: 'tun', leaf: isEthernet(type) } // a tap is a machine's cable, a tun a tunnel
  if (existsSync(`${SYS}/${name}/device`)) return { kind: 'physical', leaf: true }
  return { kind: 'other', leaf: true }
}

const readLinkKind = (name: string): string => {
  try {
    const text = execFileSync('ip', ['-j', '-d', 'link', 'show', 'dev', name], {
      encoding: 'utf8',
      stdio: 'pipe',
    })
    const [link] = JSON.parse(text) as { linkinfo?: { info_kind?: string } }[]
    return link?.linkinfo?.info_kind ?? ''
  } catch {
    return '' // no iproute2: known by its sysfs entry only
  }
}

const COUNTER_FILES = {
  rxPackets: 'rx_packets',
  rxBytes: 'rx_bytes',
  txPackets: 'tx_packets',
  txBytes: 'tx_bytes',
} as const

/** The interface's own counters; undefined when it has gone. */
export const readCounters = (name: string): InterfaceCounters | undefined => {
  const read = (file: string) => Number(readText(`${SYS}/${name}/statistics/${file}`))
  try {
    return {
      rxPackets: read(COUNTER_FILES.rxPackets),
      rxBytes: read(COUNTER_FILES.rxBytes),
      txPackets: read(COUNTER_FILES.txPackets),
      txBytes: read(COUNTER_FILES.txBytes),
    }
  } catch {
    return undefined
  }
}
