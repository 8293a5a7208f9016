/** Names of IP protocols; everything else is shown by its IANA number. */

export const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  1: 'ICMP',
  6: 'TCP',
  17: 'UDP',
  58: 'ICMPv6',
  132: 'SCTP',
}

export const protocolName = (number: number): string => PROTOCOL_NAMES[number] ?? String(number)

/** How each of the 256 is written; index = IANA number. */
export const PROTOCOLS: readonly string[] = Array.from({ length: 256 }, (_, i) => protocolName(i))

/** Number of a protocol given by name (any case) or number; undefined when there is none. */
export const protocolNumber = (text: string): number | undefined => {
  const known = Object.entries(PROTOCOL_NAMES).find(
    ([, name]) => name.toLowerCase() === text.toLowerCase(),
  )
  if (known) return Number(known[0])
  return /^\d{1,3}$/.test(text) && Number(text) < 256 ? Number(text) : undefined
}
