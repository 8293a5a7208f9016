/**
 * Reconciles what we counted with the interfaces' own counters since attach, per interface and
 * direction, and says what is missing by cause.
 */
import type { Direction, HookCounters } from '@netscope/core/slot.ts'
import type { Coverage } from '@netscope/core/status.ts'
import type { Interface, InterfaceCounters, Source } from '../source.ts'
import type { HookTraffic, Totals } from './totals.ts'

const ETHERNET_BYTES = 14
/** Packets between an interface's counter and our hook at the moment of reading. */
const IN_FLIGHT = 8
const CAUSES = ['table full', 'not IP', 'malformed', 'unexplained'] as const
type Cause = (typeof CAUSES)[number]

const INGRESS = 0
const EGRESS = 1

type Missing = Record<Cause, HookTraffic>

/** One direction of an interface since attach, in the units of the interface's counter. */
export interface Reconciled {
  expected: HookTraffic
  missing: Missing
}

/** Flow entries of a hook, and everything that entries don't tell. */
export interface Counted {
  flows: HookTraffic
  counters: HookCounters
}

/** Reconciliation of one hook: `expected` from the interface counter, `counted` by us. */
export const reconcile = (
  kind: Interface['kind'],
  direction: number,
  expected: HookTraffic,
  counted: Counted,
): Reconciled => {
  const candidates = headerSizes(kind).flatMap((header) =>
    [false, true].map((whole) => convert(counted, direction, header, whole)),
  )
  const distance = ({ all }: Converted) =>
    Math.abs(all.packets - expected.packets) * 1000 + Math.abs(all.bytes - expected.bytes)
  const best = candidates.reduce((a, b) => (distance(b) < distance(a) ? b : a))
  return { expected, missing: { ...best.missing, unexplained: unexplained(expected, best.all) } }
}

/** Bytes before the IP header; of tunnels only the counters tell. */
const headerSizes = (kind: Interface['kind']): number[] =>
  kind === 'tunnel' || kind === 'tun' || kind === 'other' ? [0, ETHERNET_BYTES] : [ETHERNET_BYTES]

interface Converted {
  all: HookTraffic
  missing: Omit<Missing, 'unexplained'>
}

/**
 * Our counts in the unit of the interface counters: frames as on the wire or, with `whole`, buffers
 * of the stack before segmentation (veth, bridge, lo, tun count those).
 */
const convert = (
  { flows, counters: c }: Counted,
  direction: number,
  header: number,
  whole: boolean,
): Converted => {
  const frame = (packets: number, bytes: number) => ({ packets, bytes: bytes + packets * header })
  const tableFull = frame(c.overflowPackets, c.overflowBytes)
  const notIp = { packets: c.notIpPackets, bytes: c.notIpBytes }
  const malformed = { packets: c.malformedPackets, bytes: c.malformedBytes }
  const counted = frame(flows.packets + c.hairpinPackets, flows.bytes + c.hairpinBytes)
  // What we drop at egress never reaches the interface.
  const dropped = direction === EGRESS ? frame(c.droppedPackets, c.droppedBytes) : NOTHING
  const segments = whole ? frame(c.segmentPackets, c.segmentBytes) : NOTHING
  return {
    all: {
      packets:
        counted.packets +
        tableFull.packets +
        notIp.packets +
        malformed.packets -
        dropped.packets -
        segments.packets,
      bytes:
        counted.bytes +
        tableFull.bytes +
        notIp.bytes +
        malformed.bytes +
        c.linkBytes -
        dropped.bytes -
        segments.bytes,
    },
    missing: { 'table full': tableFull, 'not IP': notIp, malformed },
  }
}

const NOTHING: HookTraffic = { packets: 0, bytes: 0 }

const unexplained = (expected: HookTraffic, all: HookTraffic): HookTraffic => {
  const packets = Math.max(0, expected.packets - all.packets)
  if (packets <= IN_FLIGHT) return NOTHING
  return { packets, bytes: Math.max(0, expected.bytes - all.bytes) }
}

/** Sums hooks to what the status tells. */
export const coverageOf = (hooks: readonly Reconciled[]): Coverage => {
  const sum = (pick: (hook: Reconciled) => HookTraffic): HookTraffic =>
    hooks.reduce(
      (total, hook) => ({
        packets: total.packets + pick(hook).packets,
        bytes: total.bytes + pick(hook).bytes,
      }),
      NOTHING,
    )
  const expected = sum((hook) => hook.expected)
  const missing = CAUSES.map((cause) => ({ cause, ...sum((hook) => hook.missing[cause]) }))
  const coverage: Coverage = { missing: missing.filter(({ packets }) => packets > 0) }
  const share = (unit: 'packets' | 'bytes') =>
    Math.max(0, 1 - missing.reduce((total, one) => total + one[unit], 0) / expected[unit])
  if (expected.packets > 0) coverage.packets = share('packets')
  if (expected.bytes > 0) coverage.bytes = share('bytes')
  return coverage
}

export interface CoverageReport {
  whole: Coverage
  byIfindex: ReadonlyMap<number, Coverage>
}

export type HookReadings = ReturnType<Source['hookCounters']>

export interface CoverageWatch {
  /** Reconciles with interface and hook counters that were read before the slots were scanned. */
  update(interfaces: readonly Interface[], before: HookReadings): void
  report(): CoverageReport
}

interface Baseline {
  before: InterfaceCounters
  counted: Counted[]
}

const NO_COUNTERS = {
  notIpPackets: 0,
  notIpBytes: 0,
  malformedPackets: 0,
  malformedBytes: 0,
  overflowPackets: 0,
  overflowBytes: 0,
  hairpinPackets: 0,
  hairpinBytes: 0,
  droppedPackets: 0,
  droppedBytes: 0,
  segmentPackets: 0,
  segmentBytes: 0,
  linkBytes: 0,
  limitedPackets: 0,
  limitedBytes: 0,
  resetPackets: 0,
} satisfies HookCounters

/** Keeps the last reconciliation of all attached interfaces. */
export const createCoverageWatch = (
  source: Pick<Source, 'hookCounters'>,
  totals: Totals,
): CoverageWatch => {
  const baselines = new Map<number, Baseline>()
  let last: CoverageReport = { whole: { missing: [] }, byIfindex: new Map() }

  const countedNow = (ifindex: number, hooks: HookReadings): Counted[] =>
    (['INGRESS', 'EGRESS'] as const).map((direction, index) => ({
      flows: totals.hook(ifindex, index),
      counters:
        hooks.find((hook) => hook.ifindex === ifindex && hook.direction === direction)?.counters ??
        NO_COUNTERS,
    }))

  /** Counts since attach: an interface that was attached again starts from what was counted then. */
  const sinceAttach = (one: Interface, now: Counted[]): Counted[] => {
    const known = baselines.get(one.ifindex)
    if (known === undefined) {
      baselines.set(one.ifindex, { before: { ...one.before }, counted: [] })
      return now
    }
    if (!sameCounters(known.before, one.before)) {
      baselines.set(one.ifindex, { before: { ...one.before }, counted: now })
    }
    const base = baselines.get(one.ifindex)!.counted
    return now.map((counted, index) => (base[index] ? minus(counted, base[index]) : counted))
  }

  return {
    update(interfaces, before) {
      const hooks = source.hookCounters().map(({ ifindex, direction, counters }) => ({
        ifindex,
        direction,
        counters: { ...counters, ...takeOffsOf(before, ifindex, direction) },
      }))
      const attached = interfaces.filter((one) => one.attached !== undefined)
      const byIfindex = new Map<number, Coverage>()
      const all: Reconciled[] = []
      for (const one of attached) {
        const counted = sinceAttach(one, countedNow(one.ifindex, hooks))
        const mine = counted.map((hook, direction) =>
          reconcile(one.kind, direction, expectedOf(one, direction), hook),
        )
        all.push(...mine)
        byIfindex.set(one.ifindex, coverageOf(mine))
      }
      const present = new Set(interfaces.map((one) => one.ifindex))
      for (const ifindex of baselines.keys()) if (!present.has(ifindex)) baselines.delete(ifindex)
      last = { whole: coverageOf(all), byIfindex }
    },
    report: () => last,
  }
}

const expectedOf = ({ before, now }: Interface, direction: number): HookTraffic =>
  direction === INGRESS
    ? { packets: now.rxPackets - before.rxPackets, bytes: now.rxBytes - before.rxBytes }
    : { packets: now.txPackets - before.txPackets, bytes: now.txBytes - before.txBytes }

const sameCounters = (a: InterfaceCounters, b: InterfaceCounters): boolean =>
  a.rxPackets === b.rxPackets &&
  a.rxBytes === b.rxBytes &&
  a.txPackets === b.txPackets &&
  a.txBytes === b.txBytes

/**
 * What is taken off the flows must not be newer than they are, or it would take off packets that they
 * don't hold yet; what is added must not be older.
 */
const takeOffsOf = (before: HookReadings, ifindex: number, direction: Direction) => {
  const { droppedPackets, droppedBytes, segmentPackets, segmentBytes } =
    before.find((hook) => hook.ifindex === ifindex && hook.direction === direction)?.counters ??
    NO_COUNTERS
  return { droppedPackets, droppedBytes, segmentPackets, segmentBytes }
}

const minus = (a: Counted, b: Counted): Counted => ({
  flows: { packets: a.flows.packets - b.flows.packets, bytes: a.flows.bytes - b.flows.bytes },
  counters: Object.fromEntries(
    Object.entries(a.counters).map(([name, value]) => [
      name,
      value - b.counters[name as keyof HookCounters],
    ]),
  ) as HookCounters,
})
