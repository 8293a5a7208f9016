/** What must never be cut off from this host: SSH peers, own addresses, gateways, DNS servers, the server. */
import { isIP } from 'node:net'
import { formatAddress } from '@netscope/core/address.ts'
import { encodePrefix, formatPrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { Lifelines } from '@netscope/core/status.ts'
import type { SshPeersNow } from './ssh-peers.ts'

/** What is kept of each kind. */
const MOST = 64
const IPV4_ROUTES = '/proc/net/route'
const IPV6_ROUTES = '/proc/net/ipv6_route'
/** The second has the servers behind the stub of systemd-resolved. */
const RESOLVERS = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']
const RTF_GATEWAY = 2

export interface LifelinesDeps {
  /** Throws where it cannot be told. */
  sshPeers(): SshPeersNow
  /** Addresses of our interfaces, without those of loopback. */
  ownAddresses(): string[]
  /** The text of a small file; throws where it cannot be read. */
  readText(path: string): string
  /** Addresses of the server, as they were resolved last. */
  servers(): readonly string[]
}

/** As they are now. */
export const readLifelines = (deps: LifelinesDeps): Omit<Lifelines, 'pinned'> => {
  const problems: string[] = []
  const attempt = (what: string, read: () => readonly string[], mayBeAbsent = false): string[] => {
    try {
      return [...new Set(read().flatMap(canonical))].slice(0, MOST)
    } catch (error) {
      const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (!mayBeAbsent || !isAbsent) problems.push(`${what}: ${(error as Error).message}`)
      return []
    }
  }
  const gateways = [
    ...attempt('gateways', () => gateways4(deps.readText(IPV4_ROUTES))),
    ...attempt('IPv6 gateways', () => gateways6(deps.readText(IPV6_ROUTES)), true),
  ]
  const dnsServers = RESOLVERS.flatMap((path) =>
    attempt(path, () => nameServers(deps.readText(path)), true),
  )
  let unsure: readonly Uint8Array[] = []
  const sshPeers = attempt('SSH peers', () => {
    const now = deps.sshPeers()
    unsure = now.unsure
    return now.peers.map(textOf)
  })
  return {
    sshPeers,
    sshUnsure: attempt('SSH peers', () => unsure.map(textOf)).filter(
      (address) => !sshPeers.includes(address),
    ),
    own: attempt('own addresses', deps.ownAddresses),
    gateways: [...new Set(gateways)].slice(0, MOST),
    dnsServers: [...new Set(dnsServers)].slice(0, MOST),
    servers: attempt('the server', deps.servers),
    problems,
  }
}

const textOf = (address: Uint8Array): string =>
  formatAddress(new DataView(address.buffer, address.byteOffset, 16), 0)

/** Canonical text; nothing for what is no address, and for loopback, which needs no pin. */
const canonical = (text: string): string[] => {
  const address = text.replace(/%.*$/, '')
  const bytes = new Uint8Array(PREFIX_BYTES)
  if (isIP(address) === 0 || encodePrefix(address, bytes, 0) !== undefined) return []
  const found = formatPrefix(bytes, 0)
  return found === '::1' || found.startsWith('127.') || /^(::|0\.0\.0\.0)$/.test(found)
    ? []
    : [found]
}

/** Columns: interface, destination, gateway, flags …; addresses are u32 of this machine in hexadecimal. */
const gateways4 = (table: string): string[] =>
  table.split('\n').flatMap((line) => {
    const [, , gateway = '', flags = '0'] = line.split(/\s+/)
    if (!/^[0-9A-F]{8}$/.test(gateway) || !(Number.parseInt(flags, 16) & RTF_GATEWAY)) return []
    const bytes = [...Buffer.from(gateway, 'hex')].toReversed()
    return [bytes.join('.')]
  })

/** Columns: destination, its length, source, its length, next hop, metric, use count, references, flags, interface. */
const gateways6 = (table: string): string[] =>
  table.split('\n').flatMap((line) => {
    const [, , , , hop = '', , , , flags = '0'] = line.trim().split(/\s+/)
    if (!/^[0-9a-f]{32}$/.test(hop) || !(Number.parseInt(flags, 16) & RTF_GATEWAY)) return []
    return [hop.match(/.{4}/g)!.join(':')]
  })

/** resolv.conf(5) */
const nameServers = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [word, address = ''] = line.trim().split(/\s+/)
    return word === 'nameserver' ? [address] : []
  })
