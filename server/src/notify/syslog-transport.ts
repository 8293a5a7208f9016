/** Sends messages of syslog over UDP (RFC 5426), TCP (RFC 6587) or TLS (RFC 5425) to an address that was checked. */
import { createSocket } from 'node:dgram'
import { connect as connectTcp, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Type } from 'typebox'
import type { GuardedAddress } from '../outgoing/address-guard.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import { framed } from './syslog-line.ts'

const TIMEOUT_MS = 10_000
/** A collector that has all of it may close, refuse or do nothing: syslog knows no acknowledgement. */
const LINGER_MS = 2000

export const syslogSettings = {
  host: Type.String({ pattern: '^[A-Za-z0-9.:_-]{1,253}$', description: 'Of the collector.' }),
  port: Type.Integer({ minimum: 1, maximum: 65_535, default: 514 }),
  transport: Type.Enum(['udp', 'tcp', 'tls'], {
    default: 'udp',
    description: 'udp, which nobody acknowledges; tcp; or tls (port 6514).',
  }),
  facility: Type.Integer({
    ...{ minimum: 0, maximum: 23, default: 16 },
    description: 'Number of RFC 5424; 16 is local0.',
  }),
}

const sendUdp = async (
  lines: readonly string[],
  { address, family }: GuardedAddress,
  port: number,
): Promise<void> => {
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
  try {
    for (const line of lines)
      await new Promise<void>((resolve, reject) =>
        socket.send(line, port, address, (error) => (error ? reject(error) : resolve())),
      )
  } finally {
    socket.close()
  }
}

/** Done when the other side has closed, or has not refused for a while what it was sent. */
const sendStream = (
  lines: readonly string[],
  to: { address: string; port: number; tls: object | undefined },
): Promise<void> =>
  new Promise((resolve, reject) => {
    const { address: host, port, tls } = to
    const socket = tls ? connectTls({ host, port, ...tls }) : connectTcp({ host, port })
    socket.setTimeout(TIMEOUT_MS, () => {
      socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`))
    })
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      socket.end(lines.map(framed).join(''))
    })
    let lingering: NodeJS.Timeout | undefined
    socket.once('finish', () => {
      lingering = setTimeout(() => socket.destroy(), LINGER_MS)
    })
    // Without a reader the end of the other side is never seen.
    socket.resume()
    socket.on('error', reject)
    socket.on('close', (hadError: boolean) => {
      clearTimeout(lingering)
      if (!hadError) resolve()
    })
  })

export interface SyslogTo {
  host: string
  port: number
  transport: 'udp' | 'tcp' | 'tls'
}

/** Throws `outgoing.*`, or what the network says. */
export const sendSyslog = async (
  lines: readonly string[],
  { host, port, transport }: SyslogTo,
  outgoing: Outgoing,
): Promise<void> => {
  const checked = await outgoing.guard(host)
  if (transport === 'udp') return sendUdp(lines, checked, port)
  const names = isIP(host) ? { host } : { servername: host }
  const tls = transport === 'tls' ? { ...names, ...outgoing.tls } : undefined
  await sendStream(lines, { address: checked.address, port, tls })
}
