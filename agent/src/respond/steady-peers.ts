/**
 * Peers of connections that are there for a while. A scanner that connects to an SSH port and leaves must not count as somebody
 * who works there: a connection counts from the second look on at which it is seen. What is there at the first look counts at
 * once, because after a restart of the agent nobody may be cut off meanwhile.
 */
import type { Peer } from '../source.ts'

/** Addresses of 16 bytes at a local port; to be asked once at each look. */
export type SteadyPeers = (port: number) => Uint8Array[]

export const createSteadyPeers = (peersAt: (port: number) => Peer[]): SteadyPeers => {
  const before = new Map<number, Set<string>>()
  return (port) => {
    const found = peersAt(port).map(({ address, port: theirs }) => ({
      address,
      name: `${Buffer.from(address).toString('latin1')} ${theirs}`,
    }))
    const known = before.get(port)
    before.set(port, new Set(found.map(({ name }) => name)))
    return found
      .filter(({ name }) => known === undefined || known.has(name))
      .map(({ address }) => address)
  }
}
