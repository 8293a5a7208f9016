/** Finds and ends sockets of this network namespace (sock-diag.ts). */
import { diagCookie, diagInode, type DiagMessage } from '../sockets/diag-row.ts'
import { diagRemoteAddress } from '../sockets/diag-address.ts'
import type { DiagSocket, Peer, SocketEnder } from '../source.ts'
import { destroySocket, dumpSockets } from './sock-diag.ts'

const TCP = 6
const ESTABLISHED = 1
const CLOSE = 7
const LISTEN = 10
const TIME_WAIT = 6
/** Of TCP: all but those that have no peer or no owner. Of UDP a connected socket is "established". */
const CONNECTED = 0x1fff & ~((1 << TIME_WAIT) | (1 << CLOSE) | (1 << LISTEN))
/** struct inet_diag_sockid in struct inet_diag_msg */
const ID_AT = 4
const ID_BYTES = 48

export const createSocketEnder = (): SocketEnder => ({
  find: (protocol, wants) => {
    const found: DiagSocket[] = []
    const states = protocol === TCP ? CONNECTED : 1 << ESTABLISHED
    dumpSockets({ protocol, states, localPort: 0, withInfo: false }, (socket) => {
      if (wants(socket)) found.push({ family: socket.family, protocol, id: idOf(socket) })
    })
    return found
  },
  end: ({ family, protocol, id }) => destroySocket(family, protocol, id),
  peersAt: (port) => {
    const peers: Peer[] = []
    const filter = { protocol: TCP, states: 1 << ESTABLISHED, localPort: port, withInfo: false }
    dumpSockets(filter, (socket) => {
      peers.push({
        address: diagRemoteAddress(socket),
        cookie: diagCookie(socket),
        isAccepted: diagInode(socket) !== 0,
      })
    })
    return peers
  },
})

const idOf = ({ message }: DiagMessage): Uint8Array =>
  Uint8Array.from(message.subarray(ID_AT, ID_AT + ID_BYTES))
