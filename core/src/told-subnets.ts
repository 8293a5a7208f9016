/** The subnets that hosts are told to be on: by DHCP with their lease, by router advertisements. */
import type { Observation } from './observation.ts'

export interface ToldSubnet {
  /** Any address in it. */
  prefix: string
  length: number
}

export const toldSubnets = (said: Observation): ToldSubnet[] => {
  if (said.kind === 'dhcp') {
    const { fromServer, message, yourIp } = said
    const length =
      fromServer && message === 'ACK' && yourIp !== '' ? maskLength(said.subnetMask) : 0
    return length > 0 ? [{ prefix: yourIp, length }] : []
  }
  if (said.kind !== 'ndp' || said.message !== 'RA') return []
  return said.prefixes
    .filter(({ onLink }) => onLink)
    .map(({ prefix, length }) => ({ prefix, length }))
}

/** Bits of a mask without gaps; 0 for others. */
const maskLength = (mask: string | undefined): number => {
  const octets = (mask ?? '').split('.').map(Number)
  if (octets.length !== 4) return 0
  const bits = octets.map((octet) => octet.toString(2).padStart(8, '0')).join('')
  return /^1+0*$/.test(bits) ? bits.replaceAll('0', '').length : 0
}
