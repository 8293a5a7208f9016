/** Real sockets of this process, as NETLINK_SOCK_DIAG tells of them. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { fstatSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { diagInode, diagLocalPort, diagUid, writeDiagRow } from '../sockets/diag-row.ts'
import { SOCKET_BYTES } from '../sockets/socket-slot.ts'
import { socketRows, type SocketRow } from '../sockets/test-socket-row.ts'
import { dumpTcpSockets } from './sock-diag.ts'

const ESTABLISHED = 1
const LISTEN = 10

interface Found extends SocketRow {
  inode: number
  uid: number
}

const dump = (clientPort: number): Found[] => {
  const found: Found[] = []
  dumpTcpSockets((socket) => {
    const row = Buffer.alloc(SOCKET_BYTES)
    writeDiagRow(row, 0, socket, diagLocalPort(socket) === clientPort)
    const bytes = new Uint8Array(row)
    found.push({ ...socketRows(bytes, 1)[0]!, inode: diagInode(socket), uid: diagUid(socket) })
  })
  return found
}

/** Descriptor of a socket of Node's: it has no public name. */
const inodeOf = (socket: unknown): number =>
  fstatSync((socket as { _handle: { fd: number } })._handle.fd).ino

describe('sock_diag', () => {
  const open: { destroy(): void }[] = []
  afterEach(() => open.splice(0).forEach((one) => one.destroy()))

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
  ])('tells of a listener and of both ends of a connection at %s', async (host, address) => {
    const server = createServer()
    open.push({ destroy: () => server.close() })
    server.listen(0, host)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const client = connect(port, host)
    open.push(client)
    const [accepted] = (await once(server, 'connection')) as [Socket]
    open.push(accepted)
    accepted.resume()
    client.write(Buffer.alloc(12_345))
    const { localPort = 0 } = client
    await vi.waitUntil(() => dump(localPort).some(({ received }) => received === 12_345), 20_000)
    const all = dump(localPort)
    const [listener, one, other] = [
      all.find((row) => row.tcpState === LISTEN && row.localPort === port),
      all.find((row) => row.localPort === localPort && row.remotePort === port),
      all.find((row) => row.localPort === port && row.remotePort === localPort),
    ]
    expect(listener).toMatchObject({ local: address, inode: inodeOf(server), uid: 0 })
    expect(one).toMatchObject({
      tcpState: ESTABLISHED,
      local: address,
      remote: address,
      sent: 12_345,
      received: 0,
      inode: inodeOf(client),
    })
    expect(other).toMatchObject({ sent: 0, received: 12_345, inode: inodeOf(accepted) })
    expect(one!.srttUs).toBeGreaterThan(0)
    expect(one!.cookie).not.toBe(other!.cookie)
  })
})
