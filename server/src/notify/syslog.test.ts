/** Syslog against collectors on loopback: datagrams, and counted octets over TCP and TLS. */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { rowOf, storedAlert } from '../fakes/alert-row.ts'
import { NOON_MS } from '../fakes/notify-rig.ts'
import { until } from '../fakes/running-server.ts'
import { makeCertificate } from '../fleet/self-made-certificate.ts'
import { createOutgoing } from '../outgoing/outgoing.ts'
import { syslogKind } from './channels/syslog.ts'
import { addTo, emptyNotice } from './notice.ts'
import { syslogLines } from './syslog-line.ts'

const HOST = 'logs.example'
const { certificate, key } = makeCertificate(HOST, NOON_MS - 1000)

let server: Server | undefined
afterEach(() => void server?.close())

const noticeOf = (count = 1, given = {}) => {
  const notice = emptyNotice()
  for (let i = 0; i < count; i++)
    addTo(notice, rowOf(storedAlert({ id: `a${i}`, severity: 70, ...given })))
  return notice
}
const send = (settings: object, notice = noticeOf(), ca = certificate) => {
  const lookUp = async () => ['127.0.0.1']
  const outgoing = createOutgoing({ allow: ['127.0.0.1'], ca }, { lookUp })
  return syslogKind.send(
    { host: HOST, facility: 16, ...settings },
    { id: 'key-1', notice },
    { outgoing, now: () => NOON_MS },
  )
}
const collect = async (made: Server) => {
  server = made
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  return (made.address() as AddressInfo).port
}
/** Messages of a stream, by their counts. */
const parse = (bytes: Buffer): string[] => {
  const found: string[] = []
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at)
    const length = Number(bytes.subarray(at, space))
    found.push(String(bytes.subarray(space + 1, space + 1 + length)))
    at = space + 1 + length
  }
  return found
}

test('a line is what RFC 5424 says, with the alert as structured data', () => {
  const [line] = syslogLines(
    { facility: 16, hostname: 'web 1' },
    { id: 'k', notice: noticeOf() },
    0,
  )
  expect(line).toMatch(
    /^<131>1 2026-01-15T00:00:05\.000Z web1 netscope - alert \[netscope@32473 id="k" alert="a0" detector="tcp-scan" technique="T1046" src="192\.0\.2\.7" dst="10\.0\.0\.9" agent="host-a"\] \uFEFF192\.0\.2\.7 scans/,
  )
})

test('names of the network end no value, no line and are never longer than a collector takes', () => {
  const title = `a"]\\ \r\n<0>1 forged ${'ü'.repeat(2000)}`
  const source = { ip: '192.0.2.7', name: 'x"] y\\' }
  const notice = noticeOf(1, { title, source })
  const [line = ''] = syslogLines({ facility: 0, hostname: '' }, { id: 'k', notice }, 0)
  expect(line).not.toMatch(/[\r\n\uFFFD]/)
  expect(line).toContain('src="192.0.2.7 (x\\"\\] y\\\\)"')
  expect(Buffer.byteLength(line)).toBeLessThanOrEqual(2000)
})

test('goes over UDP, a datagram for each alert and one for the rest', async () => {
  const got: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (message) => void got.push(String(message)))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  expect(await send({ port, transport: 'udp' }, noticeOf(30))).toEqual({ kind: 'sent' })
  await until(() => got.length === 21)
  socket.close()
  expect(got.at(-1)).toContain('20 more. In all: 30 high')
})

test.each(['tcp', 'tls'])('goes over %s with counted octets', async (transport) => {
  const parts: Buffer[] = []
  const take = (socket: Socket): void => {
    socket.on('data', (part) => void parts.push(part))
    socket.on('error', () => undefined)
  }
  const made =
    transport === 'tls' ? createTlsServer({ cert: certificate, key }, take) : createServer(take)
  const port = await collect(made)
  expect(await send({ port, transport }, noticeOf(3, { title: 'ünï' }))).toEqual({ kind: 'sent' })
  const lines = parse(Buffer.concat(parts))
  expect(lines.map((line) => /alert="(\w+)"/.exec(line)?.[1])).toEqual(['a0', 'a1', 'a2'])
  expect(lines[0]).toContain('\uFEFFünï | ')
})

test('a collector that never closes has what it was sent, and is not sent it again', async () => {
  const parts: Buffer[] = []
  const made = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (part) => void parts.push(part))
    socket.on('error', () => undefined)
  })
  const port = await collect(made)
  expect(await send({ port, transport: 'tcp' })).toEqual({ kind: 'sent' })
  expect(parse(Buffer.concat(parts))).toHaveLength(1)
})

test('a collector that is not there, breaks off or is somebody else is tried again', async () => {
  expect(await send({ port: 1, transport: 'tcp' })).toMatchObject({ kind: 'later' })
  const port = await collect(createServer((socket) => void socket.resetAndDestroy()))
  expect(await send({ port, transport: 'tcp' })).toMatchObject({ kind: 'later' })
  server?.close()
  const other = await collect(
    createTlsServer({ cert: certificate, key }, (socket) => socket.resume()),
  )
  const { certificate: stranger } = makeCertificate('other.example', NOON_MS)
  const outcome = await send({ port: other, transport: 'tls' }, noticeOf(), stranger)
  expect(outcome).toMatchObject({ kind: 'later' })
})
