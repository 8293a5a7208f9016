/** Reads probes from ARP and Neighbor Discovery: who asks for whom. */
import type { Observation } from '@netscope/core/observation.ts'
import { createBoundedMap } from '../bounded-map.ts'
import type { FlowStep } from '../flow-step.ts'
import type { Probe, SweepTechnique } from './contact.ts'

export interface LinkProbes {
  /** The probe in it, if there is one. */
  read(observation: Observation, agent: string): Probe | undefined
  /** Learns from a flow's first packets or first answer who is there, and whom others than the router want to reach. */
  note(step: FlowStep): void
  /** Whether somebody else has sent packets to the target since: the router that has them must ask for it. */
  isAskedForAnother(source: string, target: string, sinceMs: number): boolean
  /** Whether the address has spoken since: only its answers to others are hidden from us by switches. */
  isAlive(address: string, sinceMs: number): boolean
  /**
   * Routers ask for whomever others look for by the same protocol; they and DHCP servers also ping whom they give
   * addresses to. Nobody asks many for timestamps.
   */
  mayAskForMany(address: string, technique: SweepTechnique): boolean
}

const ADDRESSES_MAX = 8192
/** Asked for by so many neighbours, it is most likely their router. */
const ASKED_BY = 3
const UNSPECIFIED = new Set(['', '0.0.0.0', '::'])

export const createLinkProbes = (): LinkProbes => {
  const aliveMs = createBoundedMap<string, number>(ADDRESSES_MAX)
  const servers = createBoundedMap<string, true>(256)
  const askedBy = createBoundedMap<string, string[]>(ADDRESSES_MAX)
  /** Of each target, who last sent it packets that got no answer. */
  const sought = createBoundedMap<string, { by: string; timeMs: number }>(ADDRESSES_MAX)

  const noteAsked = (target: string, source: string): void => {
    const sources = askedBy.get(target)
    if (!sources) askedBy.set(target, [source])
    else if (sources.length < ASKED_BY && !sources.includes(source)) sources.push(source)
  }

  const probe = (
    technique: 'arp' | 'ndp',
    observation: Observation,
    agent: string,
    [source, target]: [string, string],
  ): Probe => ({
    technique,
    source,
    mac: observation.srcMac,
    vlan: observation.vlan,
    target,
    port: 0,
    srcPort: 0,
    timeMs: observation.timeMs,
    outcome: 'waiting',
    isHalfOpen: false,
    agent,
    ifindex: observation.ifindex,
  })

  return {
    read(observation, agent) {
      const { kind, timeMs } = observation
      if (kind === 'arp') {
        const { senderIp, targetIp } = observation
        if (UNSPECIFIED.has(senderIp)) return undefined
        aliveMs.set(senderIp, timeMs)
        if (observation.operation !== 'request' || observation.gratuitous) return undefined
        // Who has asked before makes sure of it by unicast.
        noteAsked(targetIp, senderIp)
        if (observation.unicast) return undefined
        return probe('arp', observation, agent, [senderIp, targetIp])
      }
      if (kind === 'ndp') {
        const { src } = observation
        if (!UNSPECIFIED.has(src)) aliveMs.set(src, timeMs)
        if (observation.message === 'NA') aliveMs.set(observation.target, timeMs)
        if (observation.message === 'RA') servers.set(src, true)
        if (observation.message !== 'NS' || observation.duplicateCheck) return undefined
        if (UNSPECIFIED.has(src) || !observation.dst.startsWith('ff02')) return undefined
        noteAsked(observation.target, src)
        return probe('ndp', observation, agent, [src, observation.target])
      }
      if (kind === 'dhcp' && observation.fromServer) {
        servers.set(observation.src, true)
        for (const router of observation.routers ?? []) servers.set(router, true)
      }
      return undefined
    },
    note({ src, dst, dstPackets, timeMs }) {
      if (dstPackets === 0) sought.set(dst, { by: src, timeMs })
      else aliveMs.set(dst, timeMs)
    },
    isAskedForAnother(source, target, sinceMs) {
      const last = sought.peek(target)
      return last !== undefined && last.by !== source && last.timeMs >= sinceMs
    },
    isAlive: (address, sinceMs) => (aliveMs.peek(address) ?? 0) >= sinceMs,
    mayAskForMany(address, technique) {
      const isLink = technique === 'arp' || technique === 'ndp'
      if ((isLink || technique === 'echo') && servers.peek(address)) return true
      // Anybody can ask for an address in the names of others.
      return isLink && (askedBy.peek(address)?.length ?? 0) >= ASKED_BY
    },
  }
}
