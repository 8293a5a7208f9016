/**
 * Which addresses are gateways, by what hosts say: routers that DHCP names, router advertisements, and the address that
 * most stations ask for. Which stations are, by what they carry: hop-watch.ts.
 */
import type { ArpObservation } from '@netscope/core/observation/arp.ts'
import type { Observation } from '@netscope/core/observation.ts'
import { createBoundedMap } from '../bounded-map.ts'

const MAX_ADDRESSES = 4096
/** Stations that ask for one address until it is taken for the gateway: a server is asked for by few at a time. */
const ASKERS = 3
const MAX_ROUTERS = 8

interface Candidate {
  askers: string[]
  named: boolean
}

export interface Gateways {
  note(seen: Observation, link: string): void
  /** How we know; empty: it is none that we know of. */
  why(link: string, ip: string): '' | 'named by DHCP or RA' | 'asked for by most'
}

export const createGateways = (): Gateways => {
  const known = createBoundedMap<string, Candidate>(MAX_ADDRESSES)
  const entry = (link: string, ip: string): Candidate => {
    const key = `${link} ${ip}`
    let candidate = known.get(key)
    if (!candidate) known.set(key, (candidate = { askers: [], named: false }))
    return candidate
  }
  const noteRequest = (seen: ArpObservation, link: string): void => {
    if (seen.operation !== 'request' || seen.probe || seen.gratuitous) return
    const { askers } = entry(link, seen.targetIp)
    if (askers.length < ASKERS && !askers.includes(seen.senderIp)) askers.push(seen.senderIp)
  }

  return {
    note(seen, link) {
      if (seen.kind === 'arp') noteRequest(seen, link)
      else if (seen.kind === 'dhcp' && seen.fromServer) {
        for (const ip of seen.routers?.slice(0, MAX_ROUTERS) ?? []) entry(link, ip).named = true
      } else if (seen.kind === 'ndp' && seen.message === 'RA' && seen.routerLifetimeSeconds > 0) {
        entry(link, seen.src).named = true
      }
    },
    why(link, ip) {
      const candidate = known.peek(`${link} ${ip}`)
      if (!candidate) return ''
      if (candidate.named) return 'named by DHCP or RA'
      return candidate.askers.length >= ASKERS ? 'asked for by most' : ''
    },
  }
}
