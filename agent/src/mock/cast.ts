/**
 * Who takes part in the made-up network. We are its gateway: `eth0` is the LAN side, so what LAN hosts
 * send comes in and what they receive goes out. Outside addresses are of the documentation ranges
 * (RFC 5737, RFC 3849) or of well-known public resolvers and time servers.
 */

export interface Host {
  v4: string
  v6: string
  /** What it is called in DNS, or on the LAN. */
  name: string
  /** 802.1Q tag of its port, 0 without. */
  vlan: number
}

const lan = (number: number, name: string, vlan = 0): Host => ({
  name: `${name}.local`,
  v4: `192.168.${vlan === 0 ? 1 : vlan}.${number}`,
  v6: `2001:db8:1:${vlan === 0 ? 1 : vlan}::${number}`,
  vlan,
})

const outside = (v4: string, v6: string, name: string): Host => ({ v4, v6, name, vlan: 0 })

export const GATEWAY = lan(1, 'gateway')
export const NAS = lan(20, 'nas')
export const CAMERA = lan(40, 'camera', 30)
export const CLIENTS: readonly [Host, ...Host[]] = [
  lan(101, 'laptop'),
  lan(102, 'desktop'),
  lan(103, 'phone'),
  lan(104, 'television'),
  lan(105, 'tablet'),
  lan(106, 'printer'),
]

export const SITES: readonly [Host, ...Host[]] = [
  outside('198.51.100.10', '2001:db8:a::10', 'www.example.com'),
  outside('198.51.100.34', '2001:db8:a::34', 'news.example.org'),
  outside('198.51.100.80', '2001:db8:b::80', 'cdn.example.net'),
  outside('203.0.113.7', '2001:db8:c::7', 'mail.example.com'),
  outside('203.0.113.99', '2001:db8:c::99', 'shop.example'),
  outside('203.0.113.140', '2001:db8:d::140', 'api.weather.example'),
]
export const VIDEO_SITE = outside('198.51.100.200', '2001:db8:e::200', 'video.example')
export const BACKUP_SITE = outside('203.0.113.50', '2001:db8:f::50', 'backup.example.net')
export const RESOLVER = outside('9.9.9.9', '2620:fe::fe', 'dns.quad9.net')
export const TIME_SERVER = outside('162.159.200.1', '2606:4700:f1::1', 'time.cloudflare.com')
export const SCANNER = outside('192.0.2.66', '2001:db8:66::66', 'scanner.example')

/** Whether packets of this address come in from the LAN. */
export const isOnLan = (address: string): boolean =>
  (address.startsWith('192.168.') ||
    address.startsWith('2001:db8:1:') ||
    address.startsWith('fe80:')) &&
  address !== GATEWAY.v4 &&
  address !== GATEWAY.v6

export const isLoopback = (address: string): boolean =>
  address.startsWith('127.') || address === '::1'
