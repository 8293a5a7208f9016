/** What is periodic by its protocol, told by how it behaves on its port, or another detector's. */
import type { FlowStep } from '../flow-step.ts'

const UDP = 17
const [NTP, DNS] = [123, 53]
/** DHCP, DHCPv6, NetBIOS, SSDP, mDNS, LLMNR, WS-Discovery: they keep addresses and tell neighbours who is there. */
const NEIGHBOURS: ReadonlySet<number> = new Set([
  67, 68, 137, 138, 546, 547, 1900, 3702, 5353, 5355,
])
/** Log-ins at regular intervals are guesses (credential-guessing), or a job that copies files. */
const LOG_INS: ReadonlySet<number> = new Set([
  21, 22, 23, 110, 143, 389, 445, 465, 587, 993, 995, 1433, 1521, 2222, 3306, 3389, 5432, 5900,
  6379, 27017,
])
/** 48 bytes and an authenticator (RFC 5905 7.3) below UDP and IPv6; commands and anything hidden there are longer. */
const MAX_NTP_BYTES = 48 + 24 + 8 + 40

export const isPeriodicByNature = (step: FlowStep): boolean => {
  const { protocol, dstPort } = step
  // Who asks too much of DNS is seen by what he asks for.
  if (dstPort === DNS) return true
  if (protocol !== UDP) return LOG_INS.has(dstPort)
  if (NEIGHBOURS.has(dstPort)) return true
  return (
    dstPort === NTP &&
    step.srcBytes <= step.srcPackets * MAX_NTP_BYTES &&
    step.dstBytes <= step.dstPackets * MAX_NTP_BYTES
  )
}
