/** Names and services that hosts told their neighbours. */
import type { PacketObservation } from './shared-fields.ts'

/** A name of a host, and where it says it can be reached. */
export interface NamedHost {
  /** As sent, without a final dot: `printer.local`, NetBIOS `OFFICE-PC`. */
  name: string
  /** Addresses in this message; none: only the name was told. */
  addresses: string[]
  /** 0: a good-bye (RFC 6762 section 10.1); of a NetBIOS node status always. */
  ttlSeconds: number
  /** NetBIOS only: the 16th byte, which tells the service (0 workstation, 0x20 file server, 0x1b domain master browser). */
  suffix?: number
  /** NetBIOS only: the name of a group (a workgroup or domain), not of this host. */
  group?: boolean
}

/** A service by DNS-SD (RFC 6763). */
export interface NamedService {
  /** `_ipp._tcp` */
  type: string
  /** What people call it: `Printer on the 2nd floor`; '' where only the type was told. */
  instance: string
  /** SRV: the host that offers it. */
  host?: string
  port?: number
  /** `key=value`, as sent. */
  text?: string[]
}

/** Names by mDNS (RFC 6762), LLMNR (RFC 4795) and NetBIOS name service (RFC 1002): anybody can answer these. */
export interface NameObservation extends PacketObservation {
  kind: 'name'
  protocol: 'mDNS' | 'LLMNR' | 'NBNS'
  /** Transaction id; mDNS mostly 0. */
  id: number
  isResponse: boolean
  /** What is asked, or of a response what was; `type` as in DNS (1 A, 12 PTR, 28 AAAA, 33 SRV, 255 any; NetBIOS 32, 33). */
  questions: { name: string; type: number }[]
  /** Of a query only what a probing host proposes for itself (RFC 6762 section 8.2), not what it knows of others. */
  hosts: NamedHost[]
  services: NamedService[]
  /** NetBIOS node status: the MAC that the host says is its own. */
  unitMac?: string
}
