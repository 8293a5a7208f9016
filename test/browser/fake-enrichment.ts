/** Owners, names and TCP health of the made-up flows: what the agent of host `gateway` (192.168.178.2, 10.0.0.5) knows. */
import type { Flow } from '@netscope/core/flow.ts'

/** What the agent adds to the counted part of a flow. */
type Enrichment = Pick<
  Flow,
  | 'handshakeMs'
  | 'connect'
  | 'connectMs'
  | 'kernelDrops'
  | 'dropReason'
  | 'sni'
  | 'ja4'
  | 'httpHost'
  | `${'src' | 'dst'}${SideField}`
>
type SideField =
  | 'TcpState'
  | 'RttMs'
  | 'MinRttMs'
  | 'RttSamples'
  | 'Retransmits'
  | 'CongestionWindow'
  | 'DeliveryRate'
  | 'SentBytes'
  | 'ReceivedBytes'
  | 'Name'
  | 'Process'
  | 'Pid'
  | 'User'
  | 'CommandLine'
  | 'ProcessStarted'
  | 'Container'
  | 'Unit'

interface Program {
  command: string
  pid: number
  user: string
  commandLine: string
  container?: string
  unit?: string
}

/** Addresses of the fake host. */
export const LOCAL: ReadonlySet<string> = new Set(['192.168.178.2', '10.0.0.5', '10.0.0.20'])

const NAMES: Readonly<Record<string, string>> = {
  '192.168.178.1': 'fritz.box',
  '192.168.178.51': 'living-room-tv.fritz.box',
  '192.168.178.34': 'maras-laptop.fritz.box',
  '2003:e1:bf2a:4f00:9c1b:22ff:fe3a:77d0': 'jonas-phone.fritz.box',
  '151.101.1.140': 'www.reddit.com',
  '142.250.74.78': 'rr4---sn-4g5e6nsk.c.googlevideo.com',
  '2a00:1450:4001:82b::200e': 'android.clients.google.com',
  '104.16.132.229': 'registry-1.docker.io',
  '10.0.0.30': 'backup.lan',
  '162.159.200.1': 'pool.ntp.org',
  '2606:4700:4700::1111': 'cloudflare-dns.com',
}

const CURL: Program = {
  command: 'curl',
  pid: 41_207,
  user: 'mara',
  commandLine: 'curl --silent --header Authorization:*** https://www.reddit.com/r/selfhosted.json',
  unit: 'backup-check.service',
}
const DOCKERD: Program = {
  command: 'dockerd',
  pid: 812,
  user: 'root',
  commandLine: '/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock',
  unit: 'docker.service',
}
const JELLYFIN: Program = {
  command: 'jellyfin',
  pid: 2291,
  user: 'jellyfin',
  commandLine: '/usr/lib/jellyfin/bin/jellyfin --webdir=/usr/share/jellyfin/web',
  container: 'docker:4f1c09d2ab77',
}
const RSYNC: Program = {
  command: 'rsync',
  pid: 40_988,
  user: 'root',
  commandLine: 'rsync --archive --delete /srv/photos rsync://backup.lan/photos',
  unit: 'nightly-backup.service',
}
const SSHD: Program = {
  command: 'sshd',
  pid: 39_120,
  user: 'root',
  commandLine: 'sshd: mara [priv]',
  unit: 'ssh.service',
}
const POSTGRES: Program = {
  command: 'postgres',
  pid: 1733,
  user: 'postgres',
  commandLine: 'postgres: nextcloud nextcloud 192.168.178.34(51422) idle',
  container: 'podman:9be2f1147c03',
}
const NEXTCLOUD: Program = {
  command: 'php-fpm',
  pid: 1802,
  user: 'www-data',
  commandLine: 'php-fpm: pool www',
  container: 'podman:c1d5530e8a4f',
}
const SSH: Program = {
  command: 'ssh',
  pid: 40_112,
  user: 'mara',
  commandLine: 'ssh -A mara@10.0.0.20',
}
const CHRONYD: Program = {
  command: 'chronyd',
  pid: 604,
  user: '_chrony',
  commandLine: '/usr/sbin/chronyd -F 1',
  unit: 'chrony.service',
}
const RESOLVED: Program = {
  command: 'systemd-resolve',
  pid: 588,
  user: 'systemd-resolve',
  commandLine: '/usr/lib/systemd/systemd-resolved',
  unit: 'systemd-resolved.service',
}

/** Who of this host speaks first to that port of that address. */
const clientOf = (dst: string, port: number): Program | undefined => {
  if (port === 443)
    return dst === '104.16.132.229' ? DOCKERD : dst.startsWith('142') ? JELLYFIN : CURL
  return { 22: SSH, 53: RESOLVED, 123: CHRONYD, 873: RSYNC, 5432: NEXTCLOUD }[port]
}
/** Who listens there on this host. */
const serverAt = (port: number): Program | undefined => ({ 22: SSHD, 5432: POSTGRES })[port]

/** Milliseconds to the other side, by its address and port. */
const distanceMs = (dst: string, port: number): number =>
  port === 873 ? 38 : port === 5432 || port === 22 ? 0.42 : dst.startsWith('104.') ? 124 : 17.6

const STARTED = '2026-11-20T06:12:44.000Z'

const program = (side: 'src' | 'dst', of: Program | undefined) => ({
  [`${side}Process`]: of?.command ?? '',
  [`${side}Pid`]: of?.pid ?? 0,
  [`${side}User`]: of?.user ?? '',
  [`${side}CommandLine`]: of?.commandLine ?? '',
  [`${side}ProcessStarted`]: of ? STARTED : '',
  [`${side}Container`]: of?.container ?? '',
  [`${side}Unit`]: of?.unit ?? '',
})

const socket = (side: 'src' | 'dst', known: boolean, rttMs: number) => ({
  [`${side}TcpState`]: known ? 'established' : '',
  [`${side}RttMs`]: known ? rttMs : 0,
  [`${side}MinRttMs`]: known ? rttMs * 0.83 : 0,
  [`${side}RttSamples`]: 0,
  [`${side}Retransmits`]: 0,
  [`${side}CongestionWindow`]: known ? 10 : 0,
  [`${side}DeliveryRate`]: 0,
  [`${side}SentBytes`]: 0,
  [`${side}ReceivedBytes`]: 0,
})

interface Start {
  src: string
  dst: string
  port: number
  srcPort: number
  tcp: boolean
  scan: boolean
}

/** What is known of a flow as soon as it begins. */
export const enrichmentOf = ({ src, dst, port, srcPort, tcp, scan }: Start): Enrichment => {
  const [client, server] = [LOCAL.has(src), LOCAL.has(dst) && !scan]
  const rttMs = distanceMs(dst, port) * (1 + (srcPort % 7) / 20)
  const named = NAMES[dst] ?? ''
  const tls = port === 443
  return {
    ...program('src', client ? clientOf(dst, port) : undefined),
    ...program('dst', server ? serverAt(port) : undefined),
    ...socket('src', tcp && client, rttMs),
    ...socket('dst', tcp && server, rttMs * 0.9),
    handshakeMs: tcp && !scan ? rttMs * 1.04 : 0,
    connect: tcp && client ? 'connected' : '',
    connectMs: tcp && client ? rttMs * 1.08 : 0,
    kernelDrops: 0,
    dropReason: '',
    srcName: NAMES[src] ?? '',
    dstName: tls && dst.startsWith('2606') ? '' : named,
    sni: tls ? named : '',
    ja4: tls
      ? tcp
        ? 't13d1516h2_8daaf6152771_02713d6af862'
        : 'q13d0312h3_55b375c5d22e_06cda9e17597'
      : '',
    httpHost: '',
  } as Enrichment
}

interface Second {
  out: number
  back: number
  sent: number
  received: number
  nowMs: number
}

/** Of a thousand packets to that port the network loses so many. */
const LOST: Readonly<Record<number, number>> = { 873: 21, 443: 4 }

/** What the sockets have measured after one more second. */
export const measured = (flow: Flow, { out, back, sent, received, nowMs }: Second) => {
  const lost = (packets: number) =>
    Math.floor((packets * (LOST[flow.dstPort] ?? 0)) / 1000 + ((nowMs / 997 + flow.srcPort) % 1))
  const local = { src: flow.srcTcpState !== '', dst: flow.dstTcpState !== '' }
  const drops = flow.dstPort === 445 ? 1 : flow.dstPort === 5432 ? Number(nowMs % 40_000 < 1000) : 0
  return {
    ...(local.src &&
      side(flow, 'src', { sent: out, received: back, packets: sent, lost: lost(sent) })),
    ...(local.dst &&
      side(flow, 'dst', { sent: back, received: out, packets: received, lost: lost(received) })),
    kernelDrops: flow.kernelDrops + drops,
    dropReason: drops
      ? flow.dstPort === 445
        ? 'NETFILTER_DROP'
        : 'SOCKET_RCVBUFF'
      : flow.dropReason,
  }
}

const HEADERS = 0.94

const side = (
  flow: Flow,
  name: 'src' | 'dst',
  {
    sent,
    received,
    packets,
    lost,
  }: { sent: number; received: number; packets: number; lost: number },
) => ({
  [`${name}RttSamples`]: flow[`${name}RttSamples`] + Math.ceil(packets / 2),
  [`${name}Retransmits`]:
    flow[`${name}Retransmits`] + (flow.dstPort === 873 || packets > 20 ? lost : 0),
  [`${name}CongestionWindow`]: Math.min(140, flow[`${name}CongestionWindow`] + 2),
  [`${name}DeliveryRate`]: Math.round(sent * 1.3),
  [`${name}SentBytes`]: flow[`${name}SentBytes`] + Math.round(sent * HEADERS),
  [`${name}ReceivedBytes`]: flow[`${name}ReceivedBytes`] + Math.round(received * HEADERS),
})
