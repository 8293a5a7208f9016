/**
 * Ends connections: sockets of this host by the kernel (SOCK_DESTROY), which tells their peers; connections through
 * this host by resets, as soon as the deny list drops a packet of theirs (bpf/reset.h).
 */
import { getSystemErrorName } from 'node:util'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import type { Terminated, Termination } from '@netscope/core/wire-response.ts'
import { diagPorts, diagRemoteAddress } from '../sockets/diag-address.ts'
import type { DiagMessage } from '../sockets/diag-row.ts'
import type { ResponseTable, SocketEnder } from '../source.ts'

/** Sockets that are ended at a time, before others get their turn. */
const AT_ONCE = 256
/** Who has sent nothing for so long is told nothing any more. */
const RESETS_MS = 10 * 60_000
const ENOENT = -2

export interface TerminationDeps {
  ender: SocketEnder | undefined
  response: Pick<ResponseTable, 'setResets'>
  sshPorts: readonly number[]
  ownPort: number
  isPinned(address: Uint8Array): boolean
  /** Established connections through this host. */
  forwarded(termination: Termination): number
  now(): number
}

export const createTermination = (deps: TerminationDeps) => {
  const { ender, response } = deps
  let resetsUntilMs = 0

  /** The way of the operator here; why it stays, or undefined. */
  const whyKept = (socket: DiagMessage): string | undefined => {
    const ports = diagPorts(socket)
    if (ports.some((port) => deps.sshPorts.includes(port))) return 'SSH is never ended'
    if (ports.includes(deps.ownPort)) return 'connections of our own page are never ended'
    return deps.isPinned(diagRemoteAddress(socket)) ? 'the peer is pinned' : undefined
  }

  const endSockets = async (termination: Termination, protocol: 6 | 17, result: Terminated) => {
    const { port } = termination
    const holds = prefixTest(parsePrefix(termination.prefix))
    const fail = (reason: string, count: number) => {
      const known = result.failed.find((one) => one.reason === reason)
      if (known) known.count += count
      else result.failed.push({ reason, count })
    }
    const found = ender!.find(protocol, (socket) => {
      const remote = diagRemoteAddress(socket)
      if (!holds(new DataView(remote.buffer), 0)) return false
      if (port !== undefined && !diagPorts(socket).includes(port)) return false
      const why = whyKept(socket)
      if (why !== undefined) fail(why, 1)
      return why === undefined
    })
    for (const [i, socket] of found.entries()) {
      const errno = ender!.end(socket)
      if (errno === 0) result.ended++
      else if (errno !== ENOENT) fail(reasonOf(errno), 1)
      if (i % AT_ONCE === AT_ONCE - 1) await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }

  return {
    terminate: async (termination: Termination): Promise<Terminated> => {
      const connections = deps.forwarded(termination)
      const result: Terminated = { ended: 0, failed: [], forwarded: { connections, fate: FATE } }
      response.setResets(true)
      resetsUntilMs = deps.now() + RESETS_MS
      const protocols = termination.protocol ? [termination.protocol] : ([6, 17] as const)
      if (!ender) result.failed.push({ reason: 'there are no sockets here', count: 0 })
      else
        for (const protocol of protocols) {
          try {
            await endSockets(termination, protocol, result)
          } catch (error) {
            const name = protocol === 6 ? 'TCP' : 'UDP'
            const reason = `${name} sockets cannot be listed: ${(error as Error).message}`
            result.failed.push({ reason, count: 0 })
          }
        }
      return result
    },
    /** Call once a second. */
    tick: () => {
      if (resetsUntilMs === 0 || deps.now() < resetsUntilMs) return
      resetsUntilMs = 0
      response.setResets(false)
    },
  }
}

const FATE =
  'While the deny list holds the prefix, each end of TCP is sent a reset when its next packet is dropped, for 10 minutes; without a deny entry they go on.'

const reasonOf = (errno: number): string => {
  const name = getSystemErrorName(errno)
  if (name === 'EOPNOTSUPP' || name === 'ENOTSUP')
    return 'this kernel cannot end sockets: it was built without CONFIG_INET_DIAG_DESTROY'
  if (name === 'EPERM') return 'ending sockets needs CAP_NET_ADMIN'
  return `the kernel refused: ${name}`
}
