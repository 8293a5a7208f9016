/** Retransmissions and drops: equal to what /proc/net/snmp and the queue discipline count. */
import { readFileSync, statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { formatAddress } from '@netscope/core/address.ts'
import type { DropRow, TraceTuple } from '../../../agent/src/kernel/tracing/trace-rows.ts'
import { TABLE_ROWS } from '../../../agent/src/kernel/tracing/trace-object.ts'
import type { Way } from '../../../agent/src/kernel/tracing/trace-hooks.ts'
import { createTracing, type Tracing } from '../../../agent/src/kernel/tracing/tracing.ts'
import { equal, sleep, type Checks } from './checks.ts'
import { here, HERE, NAMESPACE, retransmissions, THERE, VETH } from './link.ts'
import { sendInVain, sendStream } from './traffic.ts'

const UDP = 17
const DATA = 100
const DATAGRAM_BYTES = { v4: 128, v6: 148 }
const STREAM_BYTES = 1_500_000
const QUIET_MS = 500

const endpoints = ({ endpoints: bytes }: TraceTuple) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return [0, 1].map((side) => ({
    address: formatAddress(view, side * 16),
    port: view.getUint16(32 + side * 2, true),
  }))
}
const receiver = (tuple: TraceTuple) => endpoints(tuple)[1 - tuple.sender]
const sender = (tuple: TraceTuple) => endpoints(tuple)[tuple.sender]

const sum = <T>(rows: readonly T[], count: (row: T) => number): number =>
  rows.reduce((total, row) => total + count(row), 0)

const netns = (path: string): number => statSync(path).ino

/** Nobody listens at port 9 of the other host. */
export const checkRefusedDatagrams = async ({ check }: Checks, tracing: Tracing): Promise<void> => {
  for (const family of ['v4', 'v6'] as const) {
    await check(`datagrams to a closed port (${family}): dropped for NO_SOCKET`, async () => {
      tracing.read()
      await sendInVain(THERE[family], 3, DATA, 9)
      await sleep(100)
      const { drops } = tracing.read()
      const found = drops.filter(({ tuple }) => tuple.protocol === UDP)
      const ifindex = Number(
        here(`ip netns exec ${NAMESPACE} cat /sys/class/net/veth-there/ifindex`),
      )
      equal(
        found.map(({ tuple, ...row }) => ({
          ...row,
          from: sender(tuple)?.address,
          to: receiver(tuple),
        })),
        [
          {
            ifindex,
            netns: netns(`/run/netns/${NAMESPACE}`),
            reason: 'NO_SOCKET',
            packets: 3,
            bytes: 3 * DATAGRAM_BYTES[family],
            from: HERE[family],
            to: { address: THERE[family], port: 9 },
          },
        ],
      )
    })
  }
}

/** Eight ports, room for the 5-tuples of four of them. */
export const checkFullTable = ({ check }: Checks, way: Way): Promise<void> =>
  check(
    'more 5-tuples than room: the totals are right, and what has no row is counted',
    async () => {
      const tracing = createTracing({ ways: [way], rows: { ...TABLE_ROWS, drops: 4 } })
      tracing.start()
      for (let port = 10; port < 18; port++) await sendInVain(THERE.v4, 2, DATA, port)
      await sleep(100)
      const { drops, dropTotals } = tracing.read()
      const counters = tracing.counters()
      tracing.stop()
      const isRefused = ({ reason }: Pick<DropRow, 'reason'>) => reason === 'NO_SOCKET'
      equal(
        {
          total: sum(dropTotals.filter(isRefused), ({ packets }) => packets),
          rows: drops.length,
          inRows: sum(drops, ({ packets }) => packets),
          full: counters?.dropTuplesFull,
          all: counters?.drops,
        },
        { total: 16, rows: 4, inRows: 8, full: 8, all: 16 },
      )
    },
  )

const MOST_TRIES = 10

const droppedByQdisc = (): number =>
  Number(/dropped (\d+)/.exec(here(`tc -s qdisc show dev ${VETH}`))?.[1])

/** What the kernel counts, at a moment before and after which none of it moves: the last segment may come late, and links send of their own. */
const settled = async (tracing: Tracing) => {
  const look = () => {
    const { segments = 0, retransmissions: events = 0 } = tracing.counters() ?? {}
    return { resent: retransmissions(), dropped: droppedByQdisc(), segments, events }
  }
  const rows: ReturnType<Tracing['read']>[] = []
  for (let before = look(); rows.length < MOST_TRIES;) {
    await sleep(QUIET_MS)
    rows.push(tracing.read())
    const now = look()
    if (isDeepStrictEqual(before, now)) return { ...now, rows }
    before = now
  }
  throw new Error(`something moved in each of ${MOST_TRIES} looks`)
}

export const checkLoss = async (
  { check }: Checks,
  tracing: Tracing,
  hasReasons: boolean,
): Promise<void> => {
  const ifindex = Number(readFileSync(`/sys/class/net/${VETH}/ifindex`, 'utf8'))
  const isLoss = ({ ifindex: at, reason }: Pick<DropRow, 'ifindex' | 'reason'>) =>
    at === ifindex && reason === 'QDISC_DROP'
  here(`tc qdisc add dev ${VETH} root netem loss 5% delay 2ms limit 10000`)
  // netem counts a super-packet as one, snmp as its segments.
  for (const segments of [1, 8]) {
    const name = segments === 1 ? 'packets one by one' : 'super-packets'
    await check(`5 % loss, ${name}: segments sent again == RetransSegs`, async () => {
      here(`ip link set ${VETH} gso_max_segs ${segments}`)
      const before = await settled(tracing)
      // Of few super-packets none may be lost by chance.
      for (let tries = 0; tries < MOST_TRIES && droppedByQdisc() === before.dropped; tries++)
        await sendStream(THERE.v4, STREAM_BYTES)
      const after = await settled(tracing)
      const expected = after.resent - before.resent
      if (expected === 0) throw new Error('nothing was sent again: nothing proved')
      const resent = after.rows.flatMap(({ retransmissions: some }) => some)
      const events = sum(resent, (row) => row.events)
      equal(
        {
          rows: sum(resent, (row) => row.segments),
          counter: after.segments - before.segments,
          events: after.events - before.events,
        },
        { rows: expected, counter: expected, events },
      )
      const dropped = after.dropped - before.dropped
      if (hasReasons && segments === 1) {
        const drops = after.rows.flatMap((some) => some.drops).filter(isLoss)
        const totals = after.rows.flatMap(({ dropTotals }) => dropTotals).filter(isLoss)
        equal(
          {
            tuples: sum(drops, ({ packets }) => packets),
            totals: sum(totals, ({ packets }) => packets),
          },
          { tuples: dropped, totals: dropped },
        )
        const senders = drops.map(({ tuple }) => sender(tuple)?.address)
        // The link's own messages (router solicitations, MLD) may be lost as well.
        const others = senders.filter((address) => !address?.startsWith('fe80:'))
        equal([...new Set(others)], [HERE.v4])
      }
      return `${expected} segments in ${events} events; tc dropped ${dropped}`
    })
  }
  here(`tc qdisc del dev ${VETH} root`)
  here(`ip link set ${VETH} gso_max_segs 65535`)
}
