/** Packets of every kind: what was sent, what we counted and what the interface counted are the same. */
import { readFileSync } from 'node:fs'
import { EVENT, EVENT_BYTES } from '@netscope/core/slot.ts'
import type { KernelSource } from '../../../agent/src/kernel/kernel-source.ts'
import { tunnelsAreRead } from './attach-checks.ts'
import { equal, sleep, type Checks } from './checks.ts'
import { asInterfaceCounts, between, hookCounters, readFlows, type Endpoints } from './counted.ts'
import { beMorePatient, HERE, ping, retransmissions, THERE, VETH, VLAN } from './link.ts'
import { TUN_HOST, TUN_PROGRAM } from './tun.ts'
import { sendDatagrams, sendStream } from './traffic.ts'

const ICMP = 1
const IPIP = 4
const TCP = 6
const UDP = 17
const ICMPV6 = 58
const IPV4_HEADER = 20
const IPV6_HEADER = 40
const ECHO_HEADER = 8
const UDP_HEADER = 8
const STREAM_BYTES = 2_000_000
/** TCP header with time stamps, and what a SYN has more. */
const TCP_HEADER = 32
const SYN_OPTIONS = 8
const DATA = 100
const TRIES = 5

const counters = (name: string) => {
  const read = (file: string) =>
    Number(readFileSync(`/sys/class/net/${name}/statistics/${file}`, 'utf8'))
  return {
    in: { packets: read('rx_packets'), bytes: read('rx_bytes') },
    out: { packets: read('tx_packets'), bytes: read('tx_bytes') },
  }
}

const v4 = { from: HERE.v4, to: THERE.v4 }
const v6 = { from: HERE.v6, to: THERE.v6 }

/** What is sent again is rightly counted again: only a transfer without tells what to expect. */
const withoutRetransmissions = async <T>(measure: () => Promise<T>): Promise<T> => {
  const beImpatient = beMorePatient()
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      const before = retransmissions()
      const found = await measure()
      if (retransmissions() === before) return found
    }
  } finally {
    beImpatient()
  }
  throw new Error(
    `something was sent again in each of ${TRIES} transfers: this machine is too slow`,
  )
}

export const checkAccounting = async (
  { check }: Checks,
  source: KernelSource,
  indexes: { veth: number; tunnel: number; tun: number },
  sendIntoTun: (dataBytes: number) => void,
): Promise<void> => {
  /** How much more there is between two endpoints after `traffic`. */
  const growth = async (endpoints: Endpoints, traffic: () => unknown) => {
    const before = between(readFlows(source), endpoints)
    await traffic()
    await sleep(300)
    const after = between(readFlows(source), endpoints)
    const minus = (side: 'sent' | 'answered') => ({
      packets: after[side].packets - before[side].packets,
      bytes: after[side].bytes - before[side].bytes,
    })
    return { sent: minus('sent'), answered: minus('answered') }
  }
  const bothWays = (packets: number, bytes: number) => ({
    sent: { packets, bytes },
    answered: { packets, bytes },
  })
  const onVeth = { ifindex: indexes.veth }

  await check('ping over IPv4: packets and L3 bytes as sent, both ways', async () => {
    const found = await growth({ ...v4, ...onVeth, protocol: ICMP }, () =>
      equal(ping('here', THERE.v4, 5, `-s ${DATA}`), 5),
    )
    equal(found, bothWays(5, 5 * (IPV4_HEADER + ECHO_HEADER + DATA)))
  })

  await check('ping over IPv6, started by the other host', async () => {
    const endpoints = { from: THERE.v6, to: HERE.v6, ...onVeth, protocol: ICMPV6 }
    // Neighbour discovery is ICMPv6 as well, in flows of its own: its ports are not 128 and 129.
    const echoes = () =>
      readFlows(source)
        .filter(
          ({ protocol, sides }) =>
            protocol === ICMPV6 && sides.some(({ port }) => port === 128 || port === 129),
        )
        .flatMap(({ sides }) => sides)
        .filter(({ address }) => address === endpoints.from || address === endpoints.to)
        .map(({ packets, bytes }) => ({ packets, bytes }))
    equal(ping('there', HERE.v6, 5, `-s ${DATA}`), 5)
    const one = { packets: 5, bytes: 5 * (IPV6_HEADER + ECHO_HEADER + DATA) }
    equal(echoes(), [one, one])
  })

  for (const [name, ends, header] of [
    ['IPv4', v4, IPV4_HEADER],
    ['IPv6', v6, IPV6_HEADER],
  ] as const) {
    await check(`200 datagrams over ${name} and their echoes`, async () => {
      const found = await growth({ ...ends, ...onVeth, protocol: UDP }, () =>
        sendDatagrams(ends.to, 200, 300),
      )
      equal(found, bothWays(200, 200 * (header + UDP_HEADER + 300)))
    })

    await check(`2 MB of TCP over ${name} and back, through super-packets`, async () => {
      const found = await withoutRetransmissions(() =>
        growth({ ...ends, ...onVeth, protocol: TCP }, () => sendStream(ends.to, STREAM_BYTES)),
      )
      const payload = ({ packets, bytes }: { packets: number; bytes: number }) =>
        bytes - packets * (header + TCP_HEADER) - SYN_OPTIONS
      equal([payload(found.sent), payload(found.answered)], [STREAM_BYTES, STREAM_BYTES])
      const segments = hookCounters(source, indexes.veth, 1).segmentPackets
      if (segments === 0) throw new Error('no super-packet was seen: nothing proved')
      return `${found.sent.packets} packets, ${segments} of them inside super-packets so far`
    })
  }

  await check('fragments belong to the flow of their first one', async () => {
    const found = await growth({ ...v4, ...onVeth, protocol: ICMP }, () =>
      equal(ping('here', THERE.v4, 3, '-s 3000'), 3),
    )
    equal(found, bothWays(9, 3 * (3 * IPV4_HEADER + ECHO_HEADER + 3000)))
  })

  await check('a VLAN tag that the interface has stripped', async () => {
    const ends = { from: HERE.vlan, to: THERE.vlan, protocol: ICMP, vlan: VLAN }
    const found = await growth({ ...ends, ...onVeth }, () =>
      equal(ping('here', THERE.vlan, 4, `-s ${DATA}`), 4),
    )
    equal(found, bothWays(4, 4 * (IPV4_HEADER + ECHO_HEADER + DATA)))
  })

  await check('a tunnel without Ethernet header, inside and outside', async () => {
    const inside = { from: HERE.tunnel, to: THERE.tunnel, protocol: ICMP, ifindex: indexes.tunnel }
    const bytes = IPV4_HEADER + ECHO_HEADER + DATA
    const outside = await growth({ ...v4, ...onVeth, protocol: IPIP }, async () => {
      const found = await growth(inside, () =>
        equal(ping('here', THERE.tunnel, 4, `-s ${DATA}`), 4),
      )
      equal(found, tunnelsAreRead() ? bothWays(4, 4 * bytes) : bothWays(0, 0))
    })
    equal(outside, bothWays(4, 4 * (bytes + IPV4_HEADER)))
    return tunnelsAreRead() ? undefined : 'outside only: this kernel is older than 5.14'
  })

  await check('a TUN interface, whose packets begin with IP', async () => {
    const ends = { from: TUN_PROGRAM, to: TUN_HOST, protocol: ICMP, ifindex: indexes.tun }
    const found = await growth(ends, () => {
      for (let i = 0; i < 3; i++) sendIntoTun(DATA)
    })
    equal(found, bothWays(3, 3 * (IPV4_HEADER + ECHO_HEADER + DATA)))
  })

  await check('packet events: one per packet while watched, none otherwise', async () => {
    const drain = () => {
      const protocols: number[] = []
      source.events.drain((records, count) => {
        for (let i = 0; i < count; i++)
          protocols.push(records[i * EVENT_BYTES + EVENT.protocol] ?? 0)
      })
      return protocols.filter((protocol) => protocol === ICMP).length
    }
    equal([ping('here', THERE.v4, 1), drain()], [1, 0])
    source.events.watch(true, 100_000)
    equal([ping('here', THERE.v4, 3), drain()], [3, 6])
    source.events.watch(false, 0)
    equal([ping('here', THERE.v4, 1), drain()], [1, 0])
  })

  await checkInterfaceCounters({ check }, source, indexes.veth)
}

/** The interface was down until we had attached: all its counters hold, we have seen. */
export const checkInterfaceCounters = (
  { check }: Pick<Checks, 'check'>,
  source: KernelSource,
  ifindex: number,
): Promise<void> =>
  check('all counts together equal the counters of the interface', async () => {
    await sleep(500)
    const expected = counters(VETH)
    equal(
      { in: asInterfaceCounts(source, ifindex, 0), out: asInterfaceCounts(source, ifindex, 1) },
      expected,
    )
    return `${expected.in.packets} packets in, ${expected.out.packets} out`
  })
