/** Counts five minutes of one device's traffic: a few hundred bytes, at most 4 kB. */
import { createDistinctCount } from '../distinct-count.ts'
import { hashText, mixHash } from '../hash-text.ts'
import type { PeerMemory } from './peer-memory.ts'
import type { WindowCounts } from './window-columns.ts'

/** What a flow record adds, as the device sees it. */
export interface DevicePart {
  /** The device sent first. */
  isClient: boolean
  peer: string
  /** Of the side that did not send first. */
  port: number
  protocol: number
  sentBytes: number
  receivedBytes: number
  sentPackets: number
  receivedPackets: number
  /** The flow began with it. */
  begins: boolean
  /** TCP: the client asked for a connection (SYN). */
  isAttempt: boolean
  /** TCP: with this the server has accepted. */
  isAccepted: boolean
}

export interface TrafficWindow {
  add(part: DevicePart): void
  addDns(answers: number, nxdomains: number): void
  counts(startMs: number): WindowCounts
}

const DNS = 53
const ICMP = 1
const ICMPV6 = 58

/** `known`: the device's peers so far. */
export const createTrafficWindow = (known: PeerMemory): TrafficWindow => {
  const peers = createDistinctCount()
  const ports = createDistinctCount()
  const sums = {
    sentBytes: 0,
    receivedBytes: 0,
    packets: 0,
    flows: 0,
    newPeers: 0,
    attempts: 0,
    accepted: 0,
    dnsQueries: 0,
    dnsAnswers: 0,
    nxdomains: 0,
  }

  const addPeer = (part: DevicePart): void => {
    // Mixed: its two halves serve as two hashes.
    const hash = mixHash(hashText(part.peer))
    peers.add(hash)
    if (known.meet(hash)) sums.newPeers++
    if (part.isClient && part.protocol !== ICMP && part.protocol !== ICMPV6) ports.add(part.port)
  }

  return {
    add(part) {
      sums.sentBytes += part.sentBytes
      sums.receivedBytes += part.receivedBytes
      sums.packets += part.sentPackets + part.receivedPackets
      addPeer(part)
      if (part.begins) sums.flows++
      if (!part.isClient) return
      if (part.port === DNS) sums.dnsQueries += part.sentPackets
      if (part.isAttempt && part.begins) sums.attempts++
      if (part.isAttempt && part.isAccepted) sums.accepted++
    },
    addDns(answers, nxdomains) {
      sums.dnsAnswers += answers
      sums.nxdomains += nxdomains
    },
    counts(startMs) {
      const { accepted, ...rest } = sums
      const failures = Math.max(0, sums.attempts - accepted)
      const distinct = peers.value()
      const newPeers = Math.min(sums.newPeers, distinct)
      return { startMs, ...rest, failures, newPeers, peers: distinct, ports: ports.value() }
    },
  }
}
