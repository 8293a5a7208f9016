/** Tests of a packet event against the filter of a client of `/events`. */
import type { Prefix } from '@netscope/core/prefix.ts'
import { DIRECTIONS, EVENT, VERDICTS } from '@netscope/core/slot.ts'
import type { Direction, Verdict } from '@netscope/core/slot.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'

export type EventTest = (view: DataView, at: number) => boolean

/** All given ones must hold; `ip` and `port` mean either side. */
export interface EventFilter {
  ip?: Prefix
  port?: number
  /** IANA number */
  proto?: number
  action?: Verdict
  direction?: Direction
}

/** undefined when every event fits. */
export const createEventTest = (filter: EventFilter): EventTest | undefined => {
  const tests: EventTest[] = []
  const { port, proto } = filter
  const byte = (offset: number, value: number) =>
    tests.push((view, at) => view.getUint8(at + offset) === value)
  if (proto !== undefined) byte(EVENT.protocol, proto)
  if (filter.action !== undefined) byte(EVENT.verdict, VERDICTS.indexOf(filter.action))
  if (filter.direction !== undefined) byte(EVENT.direction, DIRECTIONS.indexOf(filter.direction))
  if (port !== undefined) {
    tests.push(
      (view, at) =>
        view.getUint16(at + EVENT.srcPort, true) === port ||
        view.getUint16(at + EVENT.dstPort, true) === port,
    )
  }
  if (filter.ip) {
    const inside = prefixTest(filter.ip)
    tests.push((view, at) => inside(view, at + EVENT.srcAddr) || inside(view, at + EVENT.dstAddr))
  }
  return tests.length === 0 ? undefined : (view, at) => tests.every((test) => test(view, at))
}

/** The same text for filters that let the same events through. */
export const filterKey = ({ ip, port, proto, action, direction }: EventFilter): string =>
  [ip?.text, port, proto, action, direction].join(' ')
