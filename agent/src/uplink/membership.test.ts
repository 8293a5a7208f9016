/** Tests of joining a server: what is kept, and what is told to whom. */
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type Server } from 'node:tls'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFrameDecoder, encodeJsonFrame, parseJsonPayload } from '@netscope/core/frame.ts'
import { formatJoinToken } from '@netscope/core/server-address.ts'
import { FRAME, UPLINK_PROTOCOL } from '@netscope/core/wire.ts'
import { CERTIFICATE, KEY } from './fixtures/server-certificate.ts'
import { createMembership } from './membership.ts'
import { createUplink, type Uplink } from './uplink.ts'

let folder: string
let server: Server
let port: number
/** JSON of the frames that came, with their type. */
let frames: [type: number, value: unknown][]
/** What is written to whoever sends a frame of this type. */
let answers: Record<number, Uint8Array>
let uplink: Uplink | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-membership-'))
  frames = []
  answers = {}
  server = createServer({ cert: CERTIFICATE, key: KEY }, (socket) => {
    const decoder = createFrameDecoder((type, _seq, payload) => {
      frames.push([type, parseJsonPayload(payload)])
      if (answers[type]) socket.write(answers[type])
    })
    socket.on('data', (chunk) => decoder.push(chunk))
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ;({ port } = server.address() as AddressInfo)
})
afterEach(async () => {
  await uplink?.stop(10)
  uplink = undefined
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

const FINGERPRINT = new X509Certificate(CERTIFICATE).fingerprint256
  .replaceAll(':', '')
  .toLowerCase()
const tokenOf = (given: { fingerprint?: string; secret?: string } = {}) =>
  formatJoinToken({
    server: { host: '127.0.0.1', port },
    fingerprint: FINGERPRINT,
    secret: 'once',
    ...given,
  })
const membershipOf = (given: Partial<Parameters<typeof createMembership>[0]> = {}) =>
  createMembership({
    ...{ socket: '/nowhere', server: '', token: '', ca: '' },
    credentialPath: join(folder, 'uplink.json'),
    ...given,
  })

const start = (membership: ReturnType<typeof createMembership>) => {
  const warnings: unknown[] = []
  const note = (fields: object) => warnings.push(fields)
  uplink = createUplink(
    { spool: { path: join(folder, 'spool'), maxBytes: 16 << 20 } },
    {
      membership,
      hello: () => ({
        ...{ protocol: UPLINK_PROTOCOL, agent: membership.name() ?? 'mine', hostname: 'h' },
        ...{ version: '1', source: 'mock', flowCapacity: 64, startedAtMs: 5 },
      }),
      wallOffsetMs: () => 0,
      now: () => 1,
      entriesOf: () => ({ texts: [], processes: [] }),
      interfaceName: () => undefined,
      onCommand: async () => ({ id: 0, ok: true, result: {} }),
      onConnected: () => undefined,
      onDisconnected: () => undefined,
      log: { info: () => undefined, warn: note, error: note },
    },
  )
  uplink.start()
  return warnings
}
const until = (check: () => unknown) =>
  vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 10_000, interval: 5 })

test('joins by a token, keeps what it gets to itself, and connects by that from then on', async () => {
  answers[FRAME.join] = encodeJsonFrame(FRAME.joined, 0, { agent: 'given', credential: 'secret' })
  start(membershipOf({ token: tokenOf() }))
  await until(() => frames.some(([type]) => type === FRAME.hello))
  expect(frames[0]).toMatchObject([FRAME.join, { secret: 'once', agent: 'mine' }])
  expect(frames.find(([type]) => type === FRAME.hello)).toMatchObject([
    FRAME.hello,
    { agent: 'given', credential: 'secret' },
  ])
  const path = join(folder, 'uplink.json')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readFileSync(path, 'utf8')).not.toContain('once')
  // The next start with the same command line does not use the token again.
  const next = membershipOf({ token: tokenOf() })
  expect([next.joinSecret(), next.name(), next.credential()]).toEqual([
    undefined,
    'given',
    'secret',
  ])
  expect(membershipOf({ token: tokenOf({ secret: 'another' }) }).joinSecret()).toBe('another')
})

test('tells nothing to a server with another certificate than the token names', async () => {
  const warnings = start(membershipOf({ token: tokenOf({ fingerprint: 'ab'.repeat(32) }) }))
  await until(() => JSON.stringify(warnings).includes('its certificate is not the one'))
  expect(frames).toEqual([])
})

test('with an authority, its certificate decides; a server that it does not vouch for hears nothing', async () => {
  const ca = join(folder, 'ca.pem')
  writeFileSync(ca, CERTIFICATE)
  const warnings = start(membershipOf({ token: tokenOf(), ca, server: `127.0.0.1:${port}` }))
  // It vouches for itself, but not as 127.0.0.1.
  await until(() => warnings.length > 0)
  expect(JSON.stringify(warnings)).toMatch(/altnames|Host: 127.0.0.1|IP/)
  expect(frames).toEqual([])
})

test('keeps a new credential for the next connection', () => {
  const membership = membershipOf({ token: tokenOf() })
  membership.joined({ agent: 'a', credential: 'first' })
  membership.replace('second')
  expect(membershipOf({ server: '127.0.0.1:1' }).credential()).toBe('second')
})

test('without server and token it is the Unix socket of this machine, whatever was joined before', () => {
  membershipOf({ token: tokenOf() }).joined({ agent: 'a', credential: 'c' })
  const membership = membershipOf()
  expect([membership.place, membership.credential(), membership.joinSecret()]).toEqual([
    { kind: 'socket', path: '/nowhere' },
    undefined,
    undefined,
  ])
})

test.each([
  [{ token: 'netscope-join-1.x' }, /uplink.token/],
  [{ server: 'host:8087' }, /has not joined a server.*netscope agents invite/s],
  [{ server: 'host:99999', token: 'given' }, /uplink.token|uplink.server/],
])('says what is missing in %j', (given, words) => {
  expect(() => membershipOf(given)).toThrow(words)
})

test('a damaged credential is no reason to join as somebody else', () => {
  writeFileSync(join(folder, 'uplink.json'), '{"agent":"a"')
  expect(() => membershipOf({ token: tokenOf() })).toThrow(/is damaged/)
})
