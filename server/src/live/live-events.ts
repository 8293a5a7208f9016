/** Topic `events`: packets as they pass, by the filters that flows have, as far as a packet has their fields. */
import { formatAddress } from '@netscope/core/address.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { protocolName } from '@netscope/core/protocol.ts'
import { predicateBy } from '@netscope/core/query/predicate.ts'
import type { RecordAccess } from '@netscope/core/query/predicate.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import type { Query, QueryNode } from '@netscope/core/query/query.ts'
import { EVENT, VERDICTS } from '@netscope/core/slot.ts'
import { readFilter } from '../api/query-values.ts'
import type { EventTest } from '../stream/event-match.ts'
import type { EventStream } from '../stream/event-stream.ts'
import type { LiveSource, LiveTaker } from './live-source.ts'

interface EventAt {
  view: DataView
  at: number
}

const TEXTS: Readonly<Record<string, (of: EventAt) => string>> = {
  src: ({ view, at }) => formatAddress(view, at + EVENT.srcAddr),
  dst: ({ view, at }) => formatAddress(view, at + EVENT.dstAddr),
  protocol: ({ view, at }) => protocolName(view.getUint8(at + EVENT.protocol)),
  verdict: ({ view, at }) => VERDICTS[view.getUint8(at + EVENT.verdict) & 3] ?? 'PASS',
}
const NUMBERS: Readonly<Record<string, (of: EventAt) => number>> = {
  srcPort: ({ view, at }) => view.getUint16(at + EVENT.srcPort, true),
  dstPort: ({ view, at }) => view.getUint16(at + EVENT.dstPort, true),
  protocolNumber: ({ view, at }) => view.getUint8(at + EVENT.protocol),
  vlan: ({ view, at }) => view.getUint16(at + EVENT.vlan, true),
}
const ADDRESSES: Readonly<Record<string, number>> = { src: EVENT.srcAddr, dst: EVENT.dstAddr }
const FIELDS = new Set([...Object.keys(TEXTS), ...Object.keys(NUMBERS)])

const IN_EVENT: RecordAccess<EventAt> = {
  text: (name) => TEXTS[name] ?? (() => ''),
  number: (name) => NUMBERS[name] ?? (() => 0),
  inside(name, prefix) {
    const inside = prefixTest(prefix)
    const offset = ADDRESSES[name] ?? 0
    return ({ view, at }) => inside(view, at + offset)
  },
}

/** The first part of the filter that no packet has. */
const foreignPart = (node: QueryNode): QueryNode | undefined => {
  if (node.is === 'test') return node.field.of.every((name) => FIELDS.has(name)) ? undefined : node
  if (node.is === 'not') return foreignPart(node.part)
  for (const part of node.parts) {
    const found = foreignPart(part)
    if (found) return found
  }
  return undefined
}

const testOf = (query: Query, now: () => number): EventTest | undefined => {
  if (query.text.trim() === '') return undefined
  const foreign = foreignPart(query.root)
  if (foreign)
    throw new NetscopeError('query.filter', {
      character: foreign.from + 1,
      reason: `packets have only ${[...FIELDS].join(', ')}, and ip and port of either side`,
      position: foreign.from,
      length: foreign.to - foreign.from,
    })
  const test = predicateBy(query, IN_EVENT, now)
  const current: EventAt = { view: new DataView(new ArrayBuffer(0)), at: 0 }
  return (view, at) => {
    current.view = view
    current.at = at
    return test(current)
  }
}

const PREFIX = 'data: '

/** The stream's lines are those of `/events`. */
const sinkOf = (taker: LiveTaker) => ({
  write(bytes: Buffer | string) {
    for (const block of bytes.toString().split('\n\n'))
      if (block.startsWith(PREFIX)) taker.push(block.slice(PREFIX.length))
  },
  waitingBytes: () => 0,
})

export const createLiveEvents = (events: EventStream, wallClock: () => number): LiveSource => ({
  open: (filter, taker) =>
    events.addTest(sinkOf(taker), filter, testOf(readFilter(filter), wallClock)),
})
