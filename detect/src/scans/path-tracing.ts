/**
 * Tells who traces a path from who tries ports. Tracers (traceroute, mtr, tracepath) send one small packet to each port,
 * count the ports up, and routers on the way tell them that the hops have run out; scanners mix their ports.
 */
import { createBoundedMap } from '../bounded-map.ts'
import type { FlowStep } from '../flow-step.ts'
import type { Contact } from './contact.ts'

/** From where mtr counts (33000) to where traceroute can get (33434 + 64 hops × 10 probes). */
const [FIRST, LAST] = [33_000, 34_073]
/** So many hundredths of the ports must follow on the one before, at most so far above it: some answers are missed, and runs begin anew. */
const [UP_PERCENT, STRIDE] = [80, 8]
/** Traces at the same time that have a source port each: so many ports each at least. */
const LEAST_OF_TRACE = 4

export const isTracePort = (port: number): boolean => port >= FIRST && port <= LAST

const countsUp = (contacts: readonly Contact[]): boolean => {
  const inTime = contacts.toSorted((a, b) => a.timeMs - b.timeMs || a.port - b.port)
  let up = 0
  for (let i = 1; i < inTime.length; i++) {
    const stride = inTime[i]!.port - inTime[i - 1]!.port
    if (stride >= 1 && stride <= STRIDE) up++
  }
  return up * 100 >= (inTime.length - 1) * UP_PERCENT
}

/** Whether ports of a host were tried in the order of their numbers, by one trace or by several at once. */
const areCountedUp = (contacts: readonly Contact[]): boolean => {
  if (countsUp(contacts)) return true
  const traces = [...Map.groupBy(contacts, ({ srcPort }) => srcPort).values()]
  return traces.length * LEAST_OF_TRACE <= contacts.length && traces.every(countsUp)
}

export const withoutTraces = (contacts: readonly Contact[]): Contact[] =>
  [...Map.groupBy(contacts, ({ target }) => target).values()]
    .filter((ofHost) => !areCountedUp(ofHost))
    .flat()

export interface HopErrors {
  /** A flow of messages that hops have run out. */
  note(step: FlowStep): void
  /** Whether the port may be that of a trace that goes on for long (mtr), or begins higher (tracepath: 44444): its source was told so lately. */
  mayBeTrace(step: FlowStep): boolean
}

/** Time exceeded in transit (RFC 792, RFC 4443). */
export const isHopError = ({ protocol, srcPort, dstPort }: FlowStep): boolean =>
  dstPort === 0 && ((protocol === 1 && srcPort === 11) || (protocol === 58 && srcPort === 3))

const HOSTS_MAX = 4096
/** A loop of routes sends single ones. */
const LEAST_ERRORS = 2
const LATELY_MS = 60_000
export const createHopErrors = (): HopErrors => {
  const hosts = createBoundedMap<string, { count: number; timeMs: number }>(HOSTS_MAX)
  return {
    note({ dst, newSrcPackets, timeMs }) {
      const before = hosts.get(dst)
      const isLate = !before || timeMs - before.timeMs > LATELY_MS
      hosts.set(dst, { count: (isLate ? 0 : before.count) + newSrcPackets, timeMs })
    },
    mayBeTrace({ src, dstPort, timeMs }) {
      if (dstPort < FIRST) return false
      const errors = hosts.peek(src)
      return (
        errors !== undefined &&
        errors.count >= LEAST_ERRORS &&
        Math.abs(timeMs - errors.timeMs) <= LATELY_MS
      )
    },
  }
}
