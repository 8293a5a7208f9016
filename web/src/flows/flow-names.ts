/** By which names a flow's two sides go, the most telling first. */
import type { Flow } from '@netscope/core/flow.ts'

export interface HostName {
  name: string
  /** Where it comes from, in words. */
  from: string
}

/** Names of the server that say something of their own; empty when none is known. */
export const serverNames = (flow: Flow): HostName[] => {
  const all: HostName[] = [
    { name: flow.dstName, from: 'DNS' },
    { name: flow.sni, from: 'TLS server name' },
    { name: flow.httpHost, from: 'HTTP host' },
  ]
  return all.filter(
    ({ name }, at) => name !== '' && all.findIndex((other) => other.name === name) === at,
  )
}

export const clientNames = (flow: Flow): HostName[] =>
  flow.srcName ? [{ name: flow.srcName, from: 'DNS' }] : []
