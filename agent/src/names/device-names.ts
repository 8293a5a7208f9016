/**
 * Names that hosts of the local network give themselves: mDNS, LLMNR, NetBIOS, DHCP. Anybody there can say anything:
 * a name is taken for addresses of the local network, or for the sender's own.
 */
import type { Observation } from '@netscope/core/observation.ts'
import type { DhcpObservation } from '@netscope/core/observation/dhcp.ts'
import type { NameObservation } from '@netscope/core/observation/name.ts'
import { DNS_TYPE, type DnsMessage } from './dns-message.ts'
import { createNamesCache } from './names-cache.ts'

export interface DeviceNames {
  /** `nowMs`: of the clock that find() is asked with. */
  take(observation: Observation, nowMs: number): void
  find(address: string, nowMs: number): string | undefined
}

const MAX_DEVICES = 4096
const DAY_SECONDS = 86_400
/** Everybody's. */
const ANYBODY = ''
/** RFC 1918, RFC 3927, RFC 4193, RFC 4291 2.5.6. */
const LOCAL =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/

interface NamedAddress {
  name: string
  address: string
  ttlSeconds: number
}

export const createDeviceNames = (): DeviceNames => {
  const names = createNamesCache({ maxEntries: MAX_DEVICES })
  return {
    take(observation, nowMs) {
      for (const named of namedIn(observation)) names.learn(ANYBODY, answerWith(named), nowMs)
    },
    find: (address, nowMs) => names.find(ANYBODY, address, nowMs),
  }
}

const namedIn = (observation: Observation): NamedAddress[] => {
  if (observation.kind === 'name') return fromHosts(observation)
  return observation.kind === 'dhcp' ? fromLease(observation) : []
}

const fromHosts = ({ hosts, src }: NameObservation): NamedAddress[] =>
  hosts
    .filter(({ name, ttlSeconds, group }) => name !== '' && ttlSeconds > 0 && group !== true)
    .flatMap(({ name, addresses, ttlSeconds }) =>
      addresses
        .filter((address) => address === src || LOCAL.test(address))
        .map((address) => ({ name, address, ttlSeconds })),
    )

/** What the client calls itself, with the address that it asks for or has; a server may confirm both. */
const fromLease = (message: DhcpObservation): NamedAddress[] => {
  const address = message.yourIp || message.requestedIp || message.clientIp
  const name = message.fqdn || message.hostName
  const isSettled = message.message === 'REQUEST' || message.message === 'ACK'
  if (!isSettled || !name || !LOCAL.test(address)) return []
  return [{ name, address, ttlSeconds: message.leaseSeconds ?? DAY_SECONDS }]
}

/** As the cache takes names. */
const answerWith = ({ name, address, ttlSeconds }: NamedAddress): DnsMessage => {
  const type = address.includes(':') ? DNS_TYPE.aaaa : DNS_TYPE.a
  return {
    id: 0,
    isResponse: true,
    opcode: 0,
    rcode: 0,
    truncated: false,
    questions: [{ name, type }],
    answers: [{ name, type, ttlSeconds, data: address }],
    cutOff: false,
  }
}
