/** Frames that hosts of the lab send as they are: what attackers make up, and what routers and standbys announce. */
import {
  address,
  arpFrame,
  BROADCAST,
  dhcp,
  dhcpOption,
  join,
  mac,
  ndpOption,
  u16,
  u32,
} from '@netscope/agent/observe/observe-rig.ts'
import { ethernet, icmp, icmpv6, ip, udp } from '@netscope/agent/mock/packet.ts'

const REPLY = 2
const ALL_NODES = { ip: 'ff02::1', mac: '33:33:00:00:00:01' }

export interface Station {
  mac: string
  ip: string
}

export const arpAnswer = (who: Station, to: Station): Uint8Array =>
  arpFrame(
    { operation: REPLY, senderMac: who.mac, senderIp: who.ip, targetMac: to.mac, targetIp: to.ip },
    to.mac,
    who.mac,
  )

export const gratuitousArp = (who: Station): Uint8Array =>
  arpFrame({ senderMac: who.mac, senderIp: who.ip, targetIp: who.ip }, BROADCAST, who.mac)

const ndp = (
  frame: { from: string; to: Station; src: string },
  type: number,
  rest: number,
  data: Uint8Array,
): Uint8Array =>
  ethernet(
    ip(
      { src: frame.src, dst: frame.to.ip, ttl: 255 },
      icmpv6(type, 0, rest, Uint8Array.from(data)),
    ),
    { src: mac(frame.from), dst: mac(frame.to.mac) },
    false,
  )

const [SOLICITED, OVERRIDE] = [0x40000000, 0x20000000]

/** `who` says to `to`, as if it had been asked, that it has the address. */
export const neighborAnswer = (who: Station, to: Station): Uint8Array =>
  ndp(
    { from: who.mac, to, src: who.ip },
    136,
    SOLICITED | OVERRIDE,
    join(address(who.ip), ndpOption(2, mac(who.mac))),
  )

export interface Advertised {
  lifetimeSeconds?: number
  prefix?: string
  /** In whose frame it is, if not the router's. */
  from?: string
}

export const routerAdvertisement = (
  router: Station,
  { lifetimeSeconds = 1800, prefix, from = router.mac }: Advertised = {},
): Uint8Array =>
  ndp(
    { from, to: ALL_NODES, src: router.ip },
    134,
    ((64 << 24) | lifetimeSeconds) >>> 0,
    join(
      ...u32(0),
      ...u32(0),
      ndpOption(1, mac(from)),
      ...(prefix === undefined
        ? []
        : [ndpOption(3, 64, 0xc0, ...u32(86_400), ...u32(14_400), ...u32(0), address(prefix))]),
    ),
  )

/** Tells `to`, in the name of `router`, that `destination` is reached by way of `from`. */
export const neighborRedirect = (
  router: Station,
  to: Station,
  destination: string,
  from: Station,
): Uint8Array =>
  ndp(
    { from: from.mac, to, src: router.ip },
    137,
    0,
    join(address(from.ip), address(destination), ndpOption(2, mac(from.mac))),
  )

/** The same by ICMP (RFC 792), for packets of `to`. */
export const icmpRedirect = (
  router: string,
  to: Station,
  destination: string,
  from: Station,
): Uint8Array => {
  const dropped = ip({ src: to.ip, dst: destination }, udp(40_000, 9))
  const hop = new DataView(Uint8Array.from(address(from.ip)).buffer).getUint32(0)
  return ethernet(ip({ src: router, dst: to.ip }, icmp(5, 1, hop, Uint8Array.from(dropped))), {
    src: mac(from.mac),
    dst: mac(to.mac),
  })
}

/** A server gives the address to the client. */
export const dhcpAck = (server: Station, client: Station, router: string): Uint8Array =>
  ethernet(
    ip(
      { src: server.ip, dst: '255.255.255.255' },
      udp(
        67,
        68,
        dhcp({
          operation: REPLY,
          yourIp: client.ip,
          clientMac: client.mac,
          options: [
            dhcpOption(53, 5),
            dhcpOption(54, address(server.ip)),
            dhcpOption(1, address('255.255.0.0')),
            dhcpOption(3, address(router)),
            dhcpOption(51, ...u16(0), ...u16(3600)),
          ],
        }),
      ),
    ),
    { src: mac(server.mac), dst: mac(BROADCAST) },
  )

/** Arguments of a shell's command that sends them from `eth0`, over and over. */
export const hexOf = (frames: readonly Uint8Array[]): string =>
  frames.map((frame) => Buffer.from(frame).toString('hex')).join(' ')
