/** The sorts of flows of the made-up network. */

/** One sort of flow, and how much of it there is. */
export interface Kind {
  protocol: string
  number: number
  dst: readonly string[]
  port: number
  share: number
  rates: readonly [out: number, back: number]
  seconds: number
  direction?: string
}

export const KINDS: readonly Kind[] = [
  {
    protocol: 'TCP',
    number: 6,
    dst: ['151.101.1.140', '142.250.74.78', '2a00:1450:4001:82b::200e', '104.16.132.229'],
    port: 443,
    share: 42,
    rates: [6_000, 180_000],
    seconds: 60,
  },
  {
    protocol: 'UDP',
    number: 17,
    dst: ['192.168.178.1', '9.9.9.9'],
    port: 53,
    share: 20,
    rates: [80, 190],
    seconds: 4,
  },
  {
    protocol: 'TCP',
    number: 6,
    dst: ['10.0.0.20'],
    port: 22,
    share: 4,
    rates: [900, 4_000],
    seconds: 900,
    direction: 'inbound',
  },
  {
    protocol: 'TCP',
    number: 6,
    dst: ['10.0.0.30'],
    port: 873,
    share: 1,
    rates: [3_500_000, 60_000],
    seconds: 400,
  },
  {
    protocol: 'UDP',
    number: 17,
    dst: ['162.159.200.1'],
    port: 123,
    share: 4,
    rates: [48, 48],
    seconds: 3,
  },
  {
    protocol: 'ICMP',
    number: 1,
    dst: ['1.1.1.1'],
    port: 0,
    share: 3,
    rates: [84, 84],
    seconds: 60,
  },
  {
    protocol: 'ICMPv6',
    number: 58,
    dst: ['fe80::1ff:fe23:4567:890a'],
    port: 136,
    share: 3,
    rates: [72, 72],
    seconds: 30,
  },
  {
    protocol: 'TCP',
    number: 6,
    dst: ['192.168.178.2'],
    port: 5432,
    share: 6,
    rates: [32_000, 410_000],
    seconds: 300,
    direction: 'inbound',
  },
  {
    protocol: 'TCP',
    number: 6,
    dst: ['192.168.178.2'],
    port: 445,
    share: 8,
    rates: [60, 0],
    seconds: 3,
    direction: 'inbound',
  },
  {
    protocol: 'UDP',
    number: 17,
    dst: ['2606:4700:4700::1111'],
    port: 443,
    share: 4,
    rates: [9_000, 240_000],
    seconds: 120,
    direction: 'forwarded',
  },
]
