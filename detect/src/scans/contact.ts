/** First contacts of a source: with a port, a host or a protocol, and how each went. */

/**
 * How a source probes. `xmas`: any odd flags without SYN, ACK and RST. `maimon`: FIN with ACK. Window scans look as `ack`.
 * `udp-path`: UDP where those who trace a path have their ports.
 */
export type Technique =
  | 'syn'
  | 'fin'
  | 'null'
  | 'xmas'
  | 'ack'
  | 'maimon'
  | 'udp'
  | 'udp-path'
  | 'sctp'
  | 'protocol'
  | SweepTechnique

/** `half-open`: answered, but the source never completed the handshake. */
export type Outcome = 'waiting' | 'refused' | 'silent' | 'half-open' | 'answered'

export interface Contact {
  target: string
  /** Of `protocol` its number, of sweeps 0. */
  port: number
  srcPort: number
  timeMs: number
  outcome: Outcome
  /** An answer came that completes nothing yet. */
  isHalfOpen: boolean
  /** How often it was tried again. */
  repeats: number
  agent: string
  ifindex: number
}

export interface Probe extends Omit<Contact, 'outcome' | 'repeats'> {
  technique: Technique
  source: string
  mac: string
  vlan: number
  /** `void`: it turned out to be no probe. */
  outcome: Outcome | 'void'
}

export type SweepTechnique = 'echo' | 'timestamp' | 'mask' | 'arp' | 'ndp'

/** Looking for hosts, not for ports: answers count as well. */
export const isSweep = (technique: Technique): technique is SweepTechnique =>
  technique === 'echo' ||
  technique === 'timestamp' ||
  technique === 'mask' ||
  technique === 'arp' ||
  technique === 'ndp'

/** Hardly anybody asks for these, so that asking counts, whatever the answer. */
export const isRare = (technique: Technique): boolean =>
  technique === 'timestamp' || technique === 'mask'

/** Techniques of one family are one scan. */
export const familyOf = (technique: Technique): string =>
  isSweep(technique) ? 'sweep' : technique === 'udp-path' ? 'udp' : technique

export const hasFailed = ({ outcome }: Contact): boolean =>
  outcome === 'refused' || outcome === 'silent' || outcome === 'half-open'
