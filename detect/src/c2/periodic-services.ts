/** What is periodic by its protocol, told by how it behaves on its port, or another detector's. */
import type { FlowStep } from '../flow-step.ts'
import { isLogInPort } from '../guessing/exchange.ts'

const UDP = 17
const [NTP, DNS] = [123, 53]
/** DHCP, DHCPv6, NetBIOS, SSDP, mDNS, LLMNR, WS-Discovery: they keep addresses and tell neighbours who is there. */
const NEIGHBOURS: ReadonlySet<number> = new Set([
  67, 68, 137, 138, 546, 547, 1900, 3702, 5353, 5355,
])
/** 48 bytes and an authenticator (RFC 5905 7.3) below UDP and IPv6; commands and anything hidden there are longer. */
const MAX_NTP_BYTES = 48 + 24 + 8 + 40

export const isPeriodicByNature = (step: FlowStep): boolean => {
  const { protocol, dstPort } = step
  // Who asks too much of DNS is seen by what he asks for.
  if (dstPort === DNS) return true
  // Log-ins at regular intervals are guesses (credential-guessing), or a job that copies files.
  if (protocol !== UDP) return isLogInPort(dstPort)
  if (NEIGHBOURS.has(dstPort)) return true
  return (
    dstPort === NTP &&
    step.srcBytes <= step.srcPackets * MAX_NTP_BYTES &&
    step.dstBytes <= step.dstPackets * MAX_NTP_BYTES
  )
}
