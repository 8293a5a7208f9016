/** Reads probes from flows: TCP, UDP, ICMP and bare IP protocols. */
import { isToMany } from '../flow-evidence.ts'
import { isAmplifier } from '../floods/amplifiers.ts'
import type { FlowStep } from '../flow-step.ts'
import type { Outcome, Probe, Technique } from './contact.ts'
import { isTracePort } from './path-tracing.ts'

const [FIN, RST, ACK, FLAGS] = [0x01, 0x04, 0x10, 0x3f]
/** Protocols that ordinary networks use, besides TCP, UDP and ICMP: IGMP, IPv6 in IPv4, GRE, ESP, AH, EIGRP, OSPF, PIM, VRRP, SCTP. */
const USUAL_PROTOCOLS: ReadonlySet<number> = new Set([2, 41, 47, 50, 51, 88, 89, 103, 112, 132])
/** A probe is tried so often at most; more is a stream that nobody answers. */
const UDP_TRIES = 4

type Read = { technique: Technique; outcome: Outcome | 'void'; port: number } | undefined

const read = (technique: Technique, outcome: Outcome | 'void', port: number): Read => ({
  technique,
  outcome,
  port,
})

/** Undefined: nothing that could be a probe. */
export const readProbe = (step: FlowStep): Read => {
  if (step.isFragment) return undefined
  switch (step.protocol) {
    case 6:
      return step.srcSyn > 0 ? readSyn(step) : readStealth(step)
    case 17:
      return readUdp(step)
    case 132:
      return readSctp(step)
    case 1:
      return readIcmp(step, ICMP)
    case 58:
      return readIcmp(step, ICMPV6)
    default:
      if (USUAL_PROTOCOLS.has(step.protocol)) return undefined
      return read('protocol', step.dstPackets > 0 ? 'answered' : silence(step), step.protocol)
  }
}

/** While a flow lives it may still be answered. */
const silence = ({ end }: FlowStep): Outcome => (end === '' ? 'waiting' : 'silent')

const readSyn = (step: FlowStep): Read => {
  const hasAcknowledged = (step.srcFlags & ACK) !== 0
  const outcome = (): Outcome | 'void' => {
    if (step.dstSynAck > 0) {
      if (hasAcknowledged && !(step.srcRst > 0 && step.srcPackets <= 2)) return 'answered'
      return step.srcRst > 0 || step.end !== '' ? 'half-open' : 'waiting'
    }
    if (step.dstRst > 0) return 'refused'
    // Data without a handshake: we see one direction, or came late.
    return step.dstPackets > 0 || hasAcknowledged ? 'void' : silence(step)
  }
  return read('syn', outcome(), step.dstPort)
}

/** A server that answers many ports of a client that we did not see ask, or clean up. */
const looksLikeAnswers = ({ srcPort, dstPort }: FlowStep): boolean =>
  (srcPort < 1024 && dstPort >= 1024) || (srcPort < 32768 && dstPort >= 32768)

const readStealth = (step: FlowStep): Read => {
  if (step.srcSynAck > 0 || step.srcRst > 0 || step.dstSyn > 0 || step.dstSynAck > 0) {
    return undefined
  }
  const technique = stealthTechnique(step.srcFlags & FLAGS)
  const isBare = isWithoutPayload(step) && step.srcPackets <= 3
  const isOrdinary = technique === 'ack' || technique === 'maimon'
  if (!isBare || (isOrdinary && looksLikeAnswers(step)))
    return read(technique, 'void', step.dstPort)
  const isReset = step.dstRst > 0 && (step.dstFlags & FLAGS & ~(RST | ACK)) === 0
  const outcome = isReset ? 'refused' : step.dstPackets > 0 ? 'void' : silence(step)
  return read(technique, outcome, step.dstPort)
}

const stealthTechnique = (flags: number): Technique => {
  if (flags === 0) return 'null'
  if (flags === FIN) return 'fin'
  if (flags === ACK) return 'ack'
  if (flags === (FIN | ACK)) return 'maimon'
  return (flags & ACK) === 0 ? 'xmas' : 'ack'
}

/** TCP headers are 60 bytes at most, but those of a probe have no options or few. */
const isWithoutPayload = ({ src, srcPackets, srcBytes }: FlowStep): boolean =>
  srcBytes <= srcPackets * (src.includes(':') ? 80 : 60)

/** Answers to forged questions go to the ports that those came from, which are any. */
const isReflected = ({ srcPort, dstPackets }: FlowStep): boolean =>
  isAmplifier(srcPort) && dstPackets === 0

const readUdp = (step: FlowStep): Read => {
  const { dst, dstPort } = step
  if (looksLikeAnswers(step) || isReflected(step) || isToMany(dst)) return undefined
  const technique = isTracePort(dstPort) ? 'udp-path' : 'udp'
  if (step.dstPackets > 0) return read(technique, 'answered', dstPort)
  return read(technique, step.srcPackets > UDP_TRIES ? 'void' : silence(step), dstPort)
}

/** An association takes two packets of each side (RFC 9260 5.1); an ABORT is one. */
const readSctp = (step: FlowStep): Read => {
  if (looksLikeAnswers(step)) return undefined
  if (step.dstPackets > 1) return read('sctp', 'answered', step.dstPort)
  if (step.srcPackets > UDP_TRIES) return read('sctp', 'void', step.dstPort)
  return read(
    'sctp',
    step.dstPackets > 0 && step.end !== '' ? 'refused' : silence(step),
    step.dstPort,
  )
}

/** Requests by type. */
const ICMP: ReadonlyMap<number, Technique> = new Map([
  [8, 'echo'],
  [13, 'timestamp'],
  [15, 'mask'],
  [17, 'mask'],
])
const ICMPV6: ReadonlyMap<number, Technique> = new Map([[128, 'echo']])

const readIcmp = (step: FlowStep, requests: ReadonlyMap<number, Technique>): Read => {
  const technique = requests.get(step.srcPort)
  if (!technique || step.dst.startsWith('ff')) return undefined
  return read(technique, step.dstPackets > 0 ? 'answered' : silence(step), 0)
}

/** Destination unreachable, port unreachable (RFC 792, RFC 4443). */
export const isPortUnreachable = ({ protocol, srcPort, dstPort }: FlowStep): boolean =>
  (protocol === 1 && srcPort === 3 && dstPort === 3) ||
  (protocol === 58 && srcPort === 1 && dstPort === 4)

export const toProbe = (
  step: FlowStep,
  { technique, outcome, port }: NonNullable<Read>,
): Probe => ({
  technique,
  source: step.src,
  mac: '',
  vlan: step.vlan,
  target: step.dst,
  port,
  srcPort: step.srcPort,
  timeMs: step.firstMs,
  outcome,
  isHalfOpen: step.protocol === 6 && step.dstSynAck > 0,
  agent: step.agent,
  ifindex: step.ifindex,
})
