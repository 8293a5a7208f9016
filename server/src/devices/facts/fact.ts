/** What one observation says about devices: the words that the decoders of observations and the book have in common. */
import type { RoleName } from '../roles.ts'

/** Where a name comes from, the most trusted first. `reported`: by a third-party agent. */
export const NAME_SOURCES = ['dhcp', 'mdns', 'nbns', 'reported', 'dns'] as const
export type NameSource = (typeof NAME_SOURCES)[number]

/** Whom it is about: by `mac` if that is known, else by `ip`. */
export interface Subject {
  mac?: string
  ip?: string
}

export interface Service {
  /** DNS-SD type such as `_ipp._tcp`. */
  type: string
  instance: string
  /** 0 unknown. */
  port: number
}

export type Fact =
  /** `mac` uses `ip`. Not `sure`: only taken where nobody else is known to use it. */
  | { kind: 'binding'; mac: string; ip: string; sure: boolean }
  /** Somebody with this address is there. */
  | { kind: 'station'; mac: string }
  | { kind: 'name'; of: Subject; name: string; source: NameSource }
  | { kind: 'role'; of: Subject; role: RoleName; detail: string }
  | { kind: 'service'; of: Subject; service: Service }
  /** Addresses under `prefix` are on this network. */
  | { kind: 'subnet'; prefix: string; length: number }
