/** What configuration opens and closes: loopback, metrics, names, TLS, proxies. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startServer } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer | undefined
afterEach(async () => {
  await running?.stop()
  running = undefined
})

const start = async (rest: Parameters<typeof startServer>[3], metrics = {}) => {
  running = await startServer({}, metrics, {}, rest)
  return running
}
const status = async (path: string, headers: Record<string, string> = {}) => {
  const response = await running!.fetch(path, { headers: { authorization: '', ...headers } })
  await response.body?.cancel()
  return response.status
}
/** With a Host header of its own, which fetch does not allow. */
const statusAt = async (host: string, headers: Record<string, string> = {}) =>
  (await running!.server.app.inject({ url: '/health', headers: { host, ...headers } })).statusCode

test('auth.openOnLoopback opens the plain endpoints of earlier versions, and nothing else', async () => {
  await start({ auth: { openOnLoopback: true } })
  expect(await status('/events')).toBe(200)
  for (const path of ['/blacklist', '/whitelist']) expect(await status(path)).toBe(200)
  for (const path of ['/api/v1/flows', '/metrics', '/api/v1/users', '/api/v1/status/stream'])
    expect([path, await status(path)]).toEqual([path, 401])
  // A proxy on this machine speaks for others.
  expect(await status('/events', { 'x-forwarded-for': '203.0.113.7' })).toBe(401)
  expect(await status('/events', { forwarded: 'for=203.0.113.7' })).toBe(401)
  // Who shows credentials is judged by them.
  expect(await status('/events', { authorization: 'Bearer wrong' })).toBe(401)
})

test('metrics.open opens the metrics alone', async () => {
  await start({}, { open: true })
  expect(await status('/metrics')).toBe(200)
  expect(await status('/api/v1/metrics/connections')).toBe(401)
})

test('beyond loopback any address is a good Host, but only names that are set', async () => {
  await start({ server: { host: '0.0.0.0', hosts: ['netscope.example'] } })
  for (const host of ['192.0.2.1:8086', '[2001:db8::1]:8086', 'localhost', 'NETSCOPE.example:8086'])
    expect([host, await statusAt(host)]).toEqual([host, 200])
  for (const host of ['evil.example', 'netscope.example.evil.example', '192.0.2.1.nip.io'])
    expect([host, await statusAt(host)]).toEqual([host, 403])
  expect(JSON.stringify(running?.logged)).toContain('reach this server without TLS')
})

test('a proxy is believed only if it is trusted', async () => {
  const forwarded = { 'x-forwarded-host': 'netscope.example', 'x-forwarded-proto': 'https' }
  const headers = { ...forwarded, origin: 'https://netscope.example' }
  await start({ server: { hosts: ['netscope.example'] } })
  expect(await statusAt('localhost', headers)).toBe(403)
  await running?.stop()
  await start({ server: { hosts: ['netscope.example'], trustedProxies: ['127.0.0.1'] } })
  expect(await statusAt('localhost', headers)).toBe(200)
})

test('with a certificate the page is at https, its cookies are for https, and nobody is warned', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-tls-'))
  const [tlsCertFile, tlsKeyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-days', '1', '-subj', '/CN=localhost', '-keyout', tlsKeyFile, '-out', tlsCertFile],
  ])
  expect(made.status).toBe(0)
  await start({ server: { host: '0.0.0.0', tlsCertFile, tlsKeyFile } })
  expect(running?.server.url()).toMatch(/^https:\/\/127\.0\.0\.1:/)
  const url = new URL('/api/v1/auth/login', running?.server.url())
  const { auth } = running!.server
  auth.users.create({ name: 'ada', role: 'viewer', passwordHash: 'fake:secret words' })
  const cookies = await new Promise<string[]>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', origin: url.origin }
    request(url, { method: 'POST', headers, rejectUnauthorized: false }, (response) => {
      response.resume()
      resolve(response.headers['set-cookie'] ?? [])
    })
      .on('error', reject)
      .end(JSON.stringify({ username: 'ada', password: 'secret words' }))
  })
  expect(cookies).toHaveLength(3)
  for (const cookie of cookies) expect(cookie).toMatch(/; Secure$/)
  expect(JSON.stringify(running?.logged)).not.toContain('without TLS')
  rmSync(folder, { recursive: true })
})

test('a certificate that cannot be used is named', async () => {
  await expect(start({ server: { tlsCertFile: '/nowhere/cert.pem' } })).rejects.toMatchObject({
    code: 'server.tls',
  })
  running = undefined
})
