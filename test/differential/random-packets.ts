/** Random and mutated frames: every shape that the parser knows, then damaged in every way. */
import {
  ethernet,
  icmp,
  icmpv6,
  ip,
  otherPayload,
  tcp,
  udp,
  type Payload,
} from '../../agent/src/mock/packet.ts'
import type { Random } from '../../agent/src/mock/random.ts'

const MAX_FRAME = 1514

const v4 = (r: Random) => `10.0.${r.int(0, 3)}.${r.int(1, 40)}`
const v6 = (r: Random) => `2001:db8::${r.int(1, 40).toString(16)}`

const bytes = (r: Random, length: number) => Uint8Array.from({ length }, () => r.int(0, 255))

/** How ClientHello, answers to it, requests of HTTP and QUIC Initials begin; noise follows, maybe too much or little. */
const BEGINNINGS: readonly [number[], ...number[][]] = [
  [22, 3, 1, 0, 40, 1, 0, 0, 36, 3, 3],
  [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3],
  [22, 3, 3, 0, 40, 2, 0, 0, 36, 3, 3],
  [22, 3],
  [22],
  [...Buffer.from('GET / HTTP/1.1')],
  [...Buffer.from('POST')],
  [0xc3, 0, 0, 0, 1, 8],
  [0xd0, 0x6b, 0x33, 0x43, 0xcf, 8],
]

const beginning = (r: Random): Uint8Array =>
  Uint8Array.from([...r.pick(BEGINNINGS), ...bytes(r, r.int(0, 80))])

/** Ports of protocols that are observed, and others. */
const PORTS: readonly [number, ...number[]] = [53, 53, 5353, 5355, 137, 67, 546, 443, 443, 8443]

const observed = (r: Random, isV6: boolean): Payload => {
  const [srcPort, dstPort] = r.chance(0.5)
    ? [r.int(1, 400), r.pick(PORTS)]
    : [r.pick(PORTS), r.int(1, 400)]
  if (isV6 && r.chance(0.1)) return icmpv6(r.pick([133, 134, 135, 136, 137]), 0)
  if (r.chance(0.5)) return udp(srcPort, dstPort, beginning(r))
  return tcp({ srcPort, dstPort, flags: r.pick([2, 16, 24]), data: beginning(r) })
}

const payload = (r: Random, isV6: boolean): Payload => {
  const data = bytes(r, r.int(0, 40))
  switch (r.int(0, 8)) {
    case 7:
    case 8:
      return observed(r, isV6)
    case 0:
    case 1:
      return tcp({
        srcPort: r.int(1, 400),
        dstPort: r.pick([22, 80, 443]),
        flags: r.int(0, 255),
        data,
      })
    case 2:
    case 3:
      return udp(r.int(1, 400), r.pick([53, 123, 443]), data)
    case 4:
      return isV6
        ? icmpv6(r.pick([1, 3, 128, 129, 133, 134, 135, 136]), r.int(0, 3))
        : icmp(r.int(0, 18), r.int(0, 3))
    case 5:
      return otherPayload(r.pick([132, 33, 136]), bytes(r, r.int(4, 24)))
    default:
      return otherPayload(
        r.pick([2, 4, 41, 46, 47, 50, 51, 89, 0, 43, 44, 60]),
        bytes(r, r.int(0, 60)),
      )
  }
}

const frame = (r: Random): Uint8Array => {
  const isV6 = r.chance(0.4)
  const address = isV6 ? v6 : v4
  const fragment = r.chance(0.1)
    ? { offset: r.pick([0, 0, 8, 1480]), more: r.chance(0.5) }
    : undefined
  const options = !isV6 && r.chance(0.2) ? bytes(r, r.int(1, 10) * 4) : undefined
  const packet = ip(
    {
      src: address(r),
      dst: address(r),
      id: r.int(1, 20),
      ...(fragment && { fragment }),
      ...(options && { options }),
    },
    payload(r, isV6),
  )
  const vlans = r.pick([[], [], [], [5], [0], [7, 8], [1, 2, 3]] as const)
  return ethernet(packet, { vlans }, r.chance(0.5))
}

/** Flips, cuts, repeats and overwrites bytes; never under 14 nor over 1514 bytes. */
const mutate = (r: Random, from: Uint8Array): Uint8Array => {
  let out = Uint8Array.from(from)
  for (let n = r.int(1, 4); n > 0; n--) {
    switch (r.int(0, 4)) {
      case 0:
        out[r.int(0, out.length - 1)] = r.int(0, 255)
        break
      case 1:
        out = out.slice(0, r.int(14, out.length))
        break
      case 2:
        out[r.int(12, Math.min(out.length - 1, 60))] = r.pick([
          0, 1, 0x7f, 0x80, 0xff, 4, 6, 44, 51,
        ])
        break
      case 3:
        out = Uint8Array.from([...out, ...bytes(r, r.int(1, 80))]).slice(0, MAX_FRAME)
        break
      default:
        out.copyWithin(r.int(12, out.length - 1), r.int(0, out.length - 1), out.length)
    }
  }
  return out
}

/** One frame with an Ethernet header: half of them as they should be, half damaged, some plain noise. */
export const randomFrame = (r: Random): Uint8Array => {
  const kind = r.next()
  if (kind < 0.01)
    return ethernet(bytes(r, r.int(0, 40)), { etherType: 0x0806, vlans: r.pick([[], [5], [7, 8]]) })
  if (kind < 0.5) return frame(r)
  return kind < 0.97 ? mutate(r, frame(r)) : bytes(r, r.int(14, 200))
}
