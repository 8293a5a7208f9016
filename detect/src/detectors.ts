/** All detectors. */
import { anomalyKind } from './anomaly/anomaly.ts'
import { arpSpoofKind } from './spoofing/arp-spoof.ts'
import { ndpSpoofKind } from './spoofing/ndp-spoof.ts'
import { duplicateAddressKind } from './spoofing/duplicate-address.ts'
import { rogueRouterKind } from './spoofing/rogue-router.ts'
import { rogueDhcpKind } from './spoofing/rogue-dhcp.ts'
import { dhcpStarvationKind } from './spoofing/dhcp-starvation.ts'
import { icmpRedirectKind } from './spoofing/icmp-redirect.ts'
import { synFloodKind } from './floods/syn-flood.ts'
import { synAckFloodKind } from './floods/syn-ack-flood.ts'
import { tcpFloodKind } from './floods/tcp-flood.ts'
import { udpFloodKind } from './floods/udp-flood.ts'
import { amplificationKind } from './floods/amplification.ts'
import { icmpFloodKind } from './floods/icmp-flood.ts'
import { connectionFloodKind } from './floods/connection-flood.ts'
import { fragmentFloodKind } from './floods/fragment-flood.ts'
import { slowRequestsKind } from './floods/slow-requests.ts'
import { credentialGuessingKind } from './guessing/credential-guessing.ts'
import { beaconKind } from './c2/beacon.ts'
import { dgaKind } from './c2/dga.ts'
import { dnsTunnelKind } from './c2/dns-tunnel.ts'
import { firstDestinationKind } from './c2/first-destination.ts'
import { icmpTunnelKind } from './c2/icmp-tunnel.ts'
import { intelContactKind } from './c2/intel-contact.ts'
import { longConnectionKind } from './c2/long-connection.ts'
import { oddPortKind } from './c2/odd-port.ts'
import { torKind } from './c2/tor.ts'
import { uploadKind } from './c2/upload.ts'
import { behaviourChangeKind } from './novelty/behaviour-change.ts'
import { newDeviceKind } from './novelty/new-device.ts'
import { newServiceKind } from './novelty/new-service.ts'
import type { DetectorKind } from './detector.ts'
import { scanKind } from './scans/scan.ts'

export const DETECTORS: readonly DetectorKind[] = [
  anomalyKind,
  arpSpoofKind,
  ndpSpoofKind,
  duplicateAddressKind,
  rogueRouterKind,
  rogueDhcpKind,
  dhcpStarvationKind,
  icmpRedirectKind,
  synFloodKind,
  synAckFloodKind,
  tcpFloodKind,
  udpFloodKind,
  amplificationKind,
  icmpFloodKind,
  connectionFloodKind,
  fragmentFloodKind,
  slowRequestsKind,
  scanKind,
  credentialGuessingKind,
  beaconKind,
  dnsTunnelKind,
  dgaKind,
  icmpTunnelKind,
  longConnectionKind,
  uploadKind,
  torKind,
  intelContactKind,
  oddPortKind,
  firstDestinationKind,
  newDeviceKind,
  newServiceKind,
  behaviourChangeKind,
]
