/** That a packet told a host to send by another way. */
import type { PacketObservation } from './shared-fields.ts'

/**
 * The first ICMP redirect (RFC 792) of a flow of them: what the flow does not say is the station that sent it. Those of
 * IPv6 are `ndp`.
 */
export interface RedirectObservation extends PacketObservation {
  kind: 'redirect'
}
