/**
 * What each source address sent in the last 60 s (twelve periods of 5 s), for a bounded number of
 * addresses. When all entries are taken, a newcomer must have sent more than the weakest of a sample
 * to replace it, so that spoofed one-packet sources never push out a talker.
 */
import { formatAddress } from '@netscope/core/address.ts'
import type { IpActivity } from '@netscope/core/status.ts'
import type { Activity } from './activity.ts'
import { AddressTable, entryOf } from './address-table.ts'
import { DistinctEstimate } from './distinct-estimate.ts'
import { PacketSketch } from './packet-sketch.ts'
import { PortPairs } from './port-pairs.ts'
import { LO_ADDRESS, PORTS, PROTOCOL, SYN, SYN_ACK, WORDS } from './slot-words.ts'

const PERIODS = 12
const PERIOD_SECONDS = 5
/** Entries looked at for one to replace. */
const SAMPLE = 8
const HAS_PORTS = Uint8Array.from({ length: 256 }, (_, protocol) =>
  [6, 17, 132].includes(protocol) ? 1 : 0,
)

export interface IpWindowConfig {
  maxAddresses: number
  /** Seeds the hash, so that tests repeat. */
  seed?: number
}

export interface IpWindow {
  /** Moves the window to the second `second` of the source's clock. */
  advance(second: number): void
  take(activity: Activity): void
  /** The slot gets another flow. */
  forget(slot: number): void
  /** Distinct sources in the window; with `atLeast` a lower bound. */
  active(): { addresses: number; atLeast: boolean }
  /** The busiest addresses by packets. */
  top(count: number): IpActivity[]
  /** One address of 16 bytes, undefined when it has no entry. */
  of(address: Uint8Array): IpActivity | undefined
}

/** `slots` is the flow table's memory, `capacity` its number of entries. */
export const createIpWindow = (config: IpWindowConfig, slots: Uint32Array, capacity: number): IpWindow => {
  const max = config.maxAddresses
  const seed = config.seed ?? (Math.random() * 2 ** 32) >>> 0
  const table = new AddressTable(max, seed)
  const ports = new PortPairs(max)
  const sketch = new PacketSketch()
  const absent = new DistinctEstimate(PERIODS)
  // Sums over the window, and what each period contributed: [entry * PERIODS + period].
  const packets = new Float64Array(max)
  const bytes = new Float64Array(max)
  const syn = new Uint32Array(max)
  const synAck = new Uint32Array(max)
  const periodPackets = new Uint32Array(max * PERIODS)
  const periodBytes = new Float64Array(max * PERIODS)
  const periodSyn = new Uint32Array(max * PERIODS)
  const periodSynAck = new Uint32Array(max * PERIODS)
  // Per slot and side: tag of the sender's entry, when its port was last noted, SYN counted so far.
  const senderTag = new Uint32Array(2 * capacity)
  const portMark = new Uint8Array(2 * capacity)
  const counted = new Uint32Array(4 * capacity)
  const { tag } = table
  let highest = 0
  let period = 0
  let periodNumber = -1
  let firstSecond = -1
  let now = 0
  let hand = 0
  /** Periods until which addresses without an entry are part of the window. */
  let absentPeriods = 0

  const clearEntry = (entry: number) => {
    packets[entry] = bytes[entry] = syn[entry] = synAck[entry] = 0
    const from = entry * PERIODS
    periodPackets.fill(0, from, from + PERIODS)
    periodBytes.fill(0, from, from + PERIODS)
    periodSyn.fill(0, from, from + PERIODS)
    periodSynAck.fill(0, from, from + PERIODS)
    ports.clear(entry)
  }

  const noteAbsent = (hash: number) => {
    absent.add(hash)
    absentPeriods = PERIODS
  }

  const weakest = (): number => {
    let found = hand
    for (let i = 0; i < SAMPLE; i++) {
      hand = (hand + 1) % max
      if (packets[hand]! < packets[found]!) found = hand
    }
    return found
  }

  /** Entry of the sender of this slot and side, -1 when it gets none. */
  const admit = (sender: number, newPackets: number): number => {
    const address = (sender >>> 1) * WORDS + LO_ADDRESS + 4 * (sender & 1)
    const hash = table.hashOf(slots, address)
    let entry = table.find(slots, address, hash)
    if (entry < 0) {
      if (table.used === max) {
        const sent = sketch.add(hash, newPackets)
        const victim = weakest()
        if (sent <= packets[victim]!) {
          noteAbsent(hash)
          return -1
        }
        noteAbsent(table.hash[victim]!)
        table.remove(victim)
      }
      entry = table.insert(slots, address, hash)
      clearEntry(entry)
      if (entry >= highest) highest = entry + 1
    }
    senderTag[sender] = tag[entry]!
    portMark[sender] = 0
    return entry
  }

  const notePort = (sender: number, entry: number) => {
    portMark[sender] = ports.mark
    const slot = (sender >>> 1) * WORDS
    const protocol = slots[slot + PROTOCOL]!
    // Later fragments have no ports.
    if (HAS_PORTS[protocol & 0xff] === 0 || ((protocol >>> 8) & 0xff) !== 0) return
    const pair = slots[slot + PORTS]!
    ports.add(entry, (sender & 1) === 0 ? pair >>> 16 : pair & 0xffff)
  }

  const noteHandshake = (slot: number) => {
    for (let side = 0; side < 2; side++) {
      const at = slot * WORDS + side
      const newSyn = (slots[at + SYN]! - counted[4 * slot + side]!) >>> 0
      const newSynAck = (slots[at + SYN_ACK]! - counted[4 * slot + 2 + side]!) >>> 0
      if (newSyn + newSynAck === 0) continue
      counted[4 * slot + side]! += newSyn
      counted[4 * slot + 2 + side]! += newSynAck
      const known = senderTag[2 * slot + side]!
      const entry = entryOf(known)
      if (known === 0 || tag[entry] !== known) continue
      syn[entry]! += newSyn
      synAck[entry]! += newSynAck
      periodSyn[entry * PERIODS + period]! += newSyn
      periodSynAck[entry * PERIODS + period]! += newSynAck
    }
  }

  const take = (activity: Activity) => {
    const { sender: senders, packets: newPackets, bytes: newBytes, count } = activity
    const { mark } = ports
    for (let row = 0; row < count; row++) {
      const sender = senders[row]!
      const known = senderTag[sender]!
      let entry = entryOf(known)
      if (known === 0 || tag[entry] !== known) {
        entry = admit(sender, newPackets[row]!)
        if (entry < 0) continue
      }
      packets[entry]! += newPackets[row]!
      bytes[entry]! += newBytes[row]!
      periodPackets[entry * PERIODS + period]! += newPackets[row]!
      periodBytes[entry * PERIODS + period]! += newBytes[row]!
      if (portMark[sender] !== mark) notePort(sender, entry)
    }
    for (let i = 0; i < activity.handshakes; i++) noteHandshake(activity.handshakeSlot[i]!)
  }

  const dropPeriod = () => {
    period = (period + 1) % PERIODS
    for (let entry = 0; entry < highest; entry++) {
      if (packets[entry] === 0) continue
      const at = entry * PERIODS + period
      packets[entry]! -= periodPackets[at]!
      bytes[entry]! -= periodBytes[at]!
      syn[entry]! -= periodSyn[at]!
      synAck[entry]! -= periodSynAck[at]!
      periodPackets[at] = periodBytes[at] = periodSyn[at] = periodSynAck[at] = 0
      if (packets[entry] === 0) release(entry)
    }
    absent.rotate()
    sketch.halve()
    absentPeriods = Math.max(0, absentPeriods - 1)
  }

  const release = (entry: number) => {
    table.remove(entry)
    clearEntry(entry)
  }

  const advance = (second: number) => {
    if (firstSecond < 0) firstSecond = second
    now = Math.max(now, second)
    const number = Math.floor(now / PERIOD_SECONDS)
    const passed = periodNumber < 0 ? 0 : Math.min(number - periodNumber, PERIODS)
    for (let i = 0; i < passed; i++) dropPeriod()
    periodNumber = number
    ports.advance(now)
  }

  /** Seconds that the window covers: the full periods and the part of the current one. */
  const covered = () =>
    Math.max(1, Math.min(now - firstSecond + 1, (PERIODS - 1) * PERIOD_SECONDS + (now % PERIOD_SECONDS) + 1))

  const view = new DataView(table.words.buffer)
  const activityOf = (entry: number): IpActivity => ({
    ip: formatAddress(view, 16 * entry),
    packetsPerSecond: packets[entry]! / covered(),
    bytesPerSecond: bytes[entry]! / covered(),
    uniqueDstPorts: ports.count[entry]!,
    synCount: syn[entry]!,
    synAckCount: synAck[entry]!,
  })

  return {
    advance,
    take,
    forget(slot) {
      senderTag[2 * slot] = senderTag[2 * slot + 1] = 0
      portMark[2 * slot] = portMark[2 * slot + 1] = 0
      counted.fill(0, 4 * slot, 4 * slot + 4)
    },
    active: () => ({
      addresses: absentPeriods > 0 ? absent.atLeast(hashesOfUsed(), table.used) : table.used,
      atLeast: absentPeriods > 0,
    }),
    top: (count) => busiest(packets, highest, count).map(activityOf),
    of(address) {
      const words = new Uint32Array(address.slice().buffer, 0, 4)
      const entry = table.find(words, 0, table.hashOf(words, 0))
      return entry < 0 ? undefined : activityOf(entry)
    },
  }

  function hashesOfUsed(): Uint32Array {
    return table.hash.filter((_, entry) => packets[entry]! > 0)
  }
}

/** Numbers of the entries with the most packets, in order. */
const busiest = (packets: Float64Array, entries: number, count: number): number[] => {
  const best: number[] = []
  for (let entry = 0; entry < entries; entry++) {
    const mine = packets[entry]!
    if (mine === 0 || (best.length === count && mine <= packets[best[count - 1]!]!)) continue
    let at = best.length
    while (at > 0 && packets[best[at - 1]!]! < mine) at--
    best.splice(at, 0, entry)
    if (best.length > count) best.pop()
  }
  return best
}
