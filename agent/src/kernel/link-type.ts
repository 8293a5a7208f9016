/** Which link types we can read, by ARPHRD number (linux/if_arp.h). */

/** Their packets begin with an Ethernet header. */
const ETHERNET = new Set([1, 772])
/** Their packets begin with IP: PPP, RAWIP, tunnels, SIT, GRE, GRE6, NONE (tun, wireguard). */
const RAW_IP = new Set([512, 519, 768, 769, 776, 778, 823, 65534])

export const isEthernet = (type: number): boolean => ETHERNET.has(type)

/** Bytes before the IP header; undefined where we can't read the packets. */
export const linkHeaderBytesOf = (type: number): 0 | 14 | undefined =>
  isEthernet(type) ? 14 : RAW_IP.has(type) ? 0 : undefined

export const isReadable = (type: number): boolean => linkHeaderBytesOf(type) !== undefined
