/** Whether a connection that is over looks like one failed log-in, by its size and packets. */
import type { FlowStep } from '../flow-step.ts'

export interface Exchange {
  /** Of a service that people log in to, of a web server, or of neither but as chatty as a log-in. */
  kind: 'log-in' | 'web' | 'unknown'
  service: string
  /** Payload, about. */
  srcBytes: number
  dstBytes: number
}

const TCP = 6
/** A log-in that fails is over by then: sshd's LoginGraceTime is longer, but few wait for it. */
const LONGEST_MS = 60_000
/** Of IPv4 and TCP: 40 bytes, with time stamps 52; IPv6 has 20 more. */
const [HEADER_BYTES, HEADER_BYTES_6] = [46, 66]
/** What a SYN's options add to a header without and with time stamps. */
const [BARE_OPTIONS, STAMPED_OPTIONS] = [[0, 4, 8, 12, 20], [8]]

type Service = readonly [name: string, most: number, least?: number]
/**
 * Port → name, the payload of either side at most while nobody is in, and of the server at least where it says no: checks
 * of health get a shorter answer (`+PONG`) or none to their name (`pg_isready`).
 */
const SERVICES: ReadonlyMap<number, Service> = new Map<number, Service>([
  [21, ['FTP', 1000]],
  [22, ['SSH', 6000]],
  [23, ['Telnet', 1000]],
  [110, ['POP3', 1000]],
  [143, ['IMAP', 1500]],
  [389, ['LDAP', 800]],
  [445, ['SMB', 4000]],
  [465, ['SMTP over TLS', 8000]],
  [587, ['SMTP submission', 8000]],
  [993, ['IMAP over TLS', 8000]],
  [995, ['POP3 over TLS', 8000]],
  [1433, ['SQL Server', 3000]],
  [1521, ['Oracle', 3000]],
  [2222, ['SSH', 6000]],
  [3306, ['MySQL', 700]],
  [3389, ['RDP', 8000]],
  [5432, ['PostgreSQL', 700, 90]],
  [5900, ['VNC', 500]],
  [6379, ['Redis', 300, 46]],
  [27017, ['MongoDB', 1500]],
])
/** Of a service that people log in to. */
export const isLogInPort = (port: number): boolean => SERVICES.has(port)

const WEB = new Set([80, 443, 8000, 8080, 8443])
const WEB_MOST = 8000
/** A request with a name and a password in it, with time stamps of TCP; the shortest requests without are half as long. */
const WEB_LEAST_REQUEST = 150
/** Many small messages to and fro: no request with an answer, no TLS with its certificates. */
const CHATTY = { packets: 8, srcMean: 160, dstMean: 200, most: 6000 }

/** 0 where the packets are just headers. */
const payloadOf = (bytes: number, packets: number, isV6: boolean): number => {
  const more = isV6 ? 20 : 0
  const isBare = BARE_OPTIONS.includes(bytes - (40 + more) * packets)
  if (isBare || STAMPED_OPTIONS.includes(bytes - (52 + more) * packets)) return 0
  return Math.max(1, bytes - (isV6 ? HEADER_BYTES_6 : HEADER_BYTES) * packets)
}

/** Undefined: it is none, or it goes on. */
export const exchangeOf = (step: FlowStep): Exchange | undefined => {
  if (step.protocol !== TCP || step.end === '' || step.srcSyn === 0 || step.dstSynAck === 0)
    return undefined
  if (step.timeMs - step.firstMs > LONGEST_MS || step.srcPackets < 4 || step.dstPackets < 3)
    return undefined
  if (step.srcFin + step.dstFin + step.srcRst + step.dstRst === 0) return undefined
  const isV6 = step.src.includes(':')
  const srcBytes = payloadOf(step.srcBytes, step.srcPackets, isV6)
  const dstBytes = payloadOf(step.dstBytes, step.dstPackets, isV6)
  if (srcBytes === 0 || dstBytes === 0) return undefined
  const most = Math.max(srcBytes, dstBytes)
  const known = SERVICES.get(step.dstPort)
  if (known) {
    const [service, mostOfNone, least = 0] = known
    const isOne = most <= mostOfNone && dstBytes >= least
    return isOne ? { kind: 'log-in', service, srcBytes, dstBytes } : undefined
  }
  if (WEB.has(step.dstPort)) {
    const isOne = most <= WEB_MOST && srcBytes >= WEB_LEAST_REQUEST
    return isOne ? { kind: 'web', service: 'web server', srcBytes, dstBytes } : undefined
  }
  const isChatty =
    step.srcPackets >= CHATTY.packets &&
    most <= CHATTY.most &&
    srcBytes <= CHATTY.srcMean * step.srcPackets &&
    dstBytes <= CHATTY.dstMean * step.dstPackets
  return isChatty
    ? { kind: 'unknown', service: `port ${step.dstPort}`, srcBytes, dstBytes }
    : undefined
}
