/** Addresses as 16 bytes in network order, IPv4 as ::ffff:a.b.c.d; text by RFC 5952. */

const isV4 = (view: DataView, at: number) =>
  view.getUint32(at) === 0 && view.getUint32(at + 4) === 0 && view.getUint32(at + 8) === 0xffff

/** Text of the address at `at`: dotted IPv4, or IPv6 in the canonical form of RFC 5952. */
export const formatAddress = (view: DataView, at: number): string =>
  isV4(view, at)
    ? `${view.getUint8(at + 12)}.${view.getUint8(at + 13)}.${view.getUint8(at + 14)}.${view.getUint8(at + 15)}`
    : formatV6(view, at)

/** Text of the IPv6 address at `at`, in hexadecimal also where it holds an IPv4 address. */
export const formatV6 = (view: DataView, at: number): string => {
  const groups: number[] = []
  for (let i = 0; i < 8; i++) groups.push(view.getUint16(at + 2 * i))
  const [start, length] = longestZeroRun(groups)
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':')
  return length < 2 ? hex(0, 8) : `${hex(0, start)}::${hex(start + length, 8)}`
}

const longestZeroRun = (groups: number[]): [start: number, length: number] => {
  let best: [number, number] = [0, 0]
  for (let i = 0, run = 0; i < 8; i++) {
    run = groups[i] === 0 ? run + 1 : 0
    if (run > best[1]) best = [i - run + 1, run]
  }
  return best
}
