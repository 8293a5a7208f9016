/** The deny and the allow list on real packets, in both directions and families. */
import { addressBytes } from '../../../agent/src/mock/address-bytes.ts'
import type { KernelSource } from '../../../agent/src/kernel/kernel-source.ts'
import { equal, type Checks } from './checks.ts'
import { between, hookCounters, readFlows } from './counted.ts'
import { BLOCKED, HERE, ping } from './link.ts'
import { sendInVain } from './traffic.ts'

const PREFIX_BYTES = 20
const ECHO_BYTES = { v4: 84, v6: 104 }
const ICMP = { v4: 1, v6: 58 }
const UDP = 17
const DATA = 100
const DATAGRAM_BYTES = { v4: 128, v6: 148 }
/** More than one batch of updates where the kernel has none for tries (before 5.13). */
const MANY = 2000

/** The kernel's form of an address or, of IPv4, of a prefix. */
const prefix = (address: string, bits = 32): Buffer => {
  const bytes = Buffer.alloc(PREFIX_BYTES)
  const parts = addressBytes(address)
  const isV4 = parts.length === 4
  bytes.writeUInt32LE(isV4 ? 96 + bits : 128)
  if (isV4) bytes.set([0xff, 0xff], 14)
  bytes.set(parts, isV4 ? 16 : 4)
  return bytes
}

export const checkBlocking = async (
  { check }: Checks,
  source: KernelSource,
  ifindex: number,
): Promise<void> => {
  const { lists } = source
  const hooks = () =>
    [0, 1].map((direction) => {
      const { droppedPackets, droppedBytes } = hookCounters(source, ifindex, direction)
      return { droppedPackets, droppedBytes }
    })
  const flow = (family: 'v4' | 'v6', protocol = ICMP[family]) =>
    between(readFlows(source), {
      from: HERE[family],
      to: BLOCKED[family],
      protocol,
      ifindex,
    })
  const fromBlocked = (family: 'v4' | 'v6', count: number) =>
    ping('there', HERE[family], count, `-I ${BLOCKED[family]}`)

  await check('before: packets pass', () => {
    equal([ping('here', BLOCKED.v4, 2), fromBlocked('v4', 2)], [2, 2])
    equal([ping('here', BLOCKED.v6, 2), fromBlocked('v6', 2)], [2, 2])
    equal(flow('v4').verdicts, ['PASS'])
  })

  for (const family of ['v4', 'v6'] as const) {
    await check(
      `blocked (${family}): dropped from the next packet on, both ways, counted`,
      async () => {
        lists.add('deny', prefix(BLOCKED[family]), 1)
        const before = [flow(family).answered, flow(family, UDP).sent]
        const hooksBefore = hooks()
        equal(fromBlocked(family, 3), 0)
        await sendInVain(BLOCKED[family], 2, DATA)
        const after = [flow(family).answered, flow(family, UDP).sent]
        const dropped = [
          [3, 3 * ECHO_BYTES[family]],
          [2, 2 * DATAGRAM_BYTES[family]],
        ]
        equal(
          after.map((side, i) => [
            side.droppedPackets - (before[i]?.droppedPackets ?? 0),
            side.droppedBytes - (before[i]?.droppedBytes ?? 0),
          ]),
          dropped,
        )
        equal(
          after.map((side, i) => side.packets - (before[i]?.packets ?? 0)),
          dropped.map(([packets]) => packets),
        )
        equal(
          hooks().map(({ droppedPackets, droppedBytes }, i) => [
            droppedPackets - (hooksBefore[i]?.droppedPackets ?? 0),
            droppedBytes - (hooksBefore[i]?.droppedBytes ?? 0),
          ]),
          dropped,
        )
        equal(flow(family, UDP).verdicts, ['DROP'])
      },
    )

    await check(`allowed as well (${family}): passes as SKIP; off both lists: passes`, () => {
      lists.add('allow', prefix(BLOCKED[family]), 1)
      equal(fromBlocked(family, 2), 2)
      if (!flow(family).verdicts.includes('SKIP')) throw new Error(flow(family).verdicts.join())
      lists.remove('allow', prefix(BLOCKED[family]), 1)
      lists.remove('deny', prefix(BLOCKED[family]), 1)
      equal(fromBlocked(family, 2), 2)
    })
  }

  await check(`${MANY} prefixes at once, and gone again`, () => {
    const many = Buffer.concat([
      prefix('10.77.0.64', 30),
      ...Array.from({ length: MANY }, (_, i) => prefix(`100.64.${i >> 8}.${i & 255}`)),
    ])
    lists.add('deny', many, MANY + 1)
    equal(fromBlocked('v4', 1), 0)
    lists.remove('deny', many, MANY + 1)
    equal(fromBlocked('v4', 1), 1)
  })
}
