/** Opens a connection to the server; over TCP nothing is sent before the server has proved who it is. */
import { readFileSync } from 'node:fs'
import { lookup } from 'node:dns'
import { createConnection, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Place } from './membership.ts'

/** After silence of this long the kernel asks whether the peer is still there. */
const KEEP_ALIVE_MS = 10_000

/** Told the addresses of the server's name before the first packet is sent there. */
export type OnResolved = (addresses: readonly string[]) => void

/** `onReady` is called once, when bytes may be sent; what goes wrong is an `error` of the socket. */
export const openConnection = (
  place: Place,
  onReady: () => void,
  onResolved: OnResolved = () => undefined,
): Socket =>
  place.kind === 'socket'
    ? createConnection(place.path, onReady)
    : openTls(place, onReady, onResolved)

/** As net.connect looks names up, which is not asked about what is an address. */
export const tellingLookup =
  (onResolved: OnResolved, ask: LookupFunction = lookup): LookupFunction =>
  (host, options, callback) =>
    ask(host, options, (error, found, family) => {
      const all = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address)
      if (!error && all.length > 0) onResolved(all)
      callback(error, found, family)
    })

const openTls = (
  place: Extract<Place, { kind: 'tls' }>,
  onReady: () => void,
  onResolved: OnResolved,
): Socket => {
  const { host, port, ca, fingerprint } = place
  const socket = connectTls({
    host,
    port,
    minVersion: 'TLSv1.3',
    lookup: tellingLookup(onResolved),
    ...(isIP(host) === 0 && { servername: host }),
    // Without an authority the fingerprint decides, below.
    ...(ca === '' ? { rejectUnauthorized: false } : { ca: readFileSync(ca) }),
  })
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  socket.setNoDelay(true)
  socket.once('secureConnect', () => {
    if (ca !== '') return onReady()
    const found = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase()
    if (found === fingerprint) onReady()
    else socket.destroy(new Error(`its certificate is not the one of the join token (${found})`))
  })
  return socket
}
