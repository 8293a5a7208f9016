/** Tests of the addresses of the server. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Place } from '../uplink/membership.ts'
import { createServerAddresses } from './server-addresses.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'netscope-server-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const create = (host: string, resolve: () => Promise<string[]>) => {
  const place: Place = { kind: 'tls', fingerprint: '', ca: '', host, port: 8087 }
  const log = { warn: () => undefined }
  return createServerAddresses({ path: join(folder, 's.json') }, { place, resolve, log })
}

test('an address is known at once, and over a Unix socket there is none', () => {
  const none = () => Promise.reject(new Error('asked'))
  expect(create('192.0.2.1', none).now()).toEqual(['192.0.2.1'])
  const place: Place = { kind: 'socket', path: '/x' }
  const log = { warn: () => undefined }
  expect(createServerAddresses({ path: '/x' }, { place, resolve: none, log }).now()).toEqual([])
})

test('a name is resolved, kept for the next start, and while that fails the last answer counts', async () => {
  const answers = [async () => ['192.0.2.2', '192.0.2.1'], () => Promise.reject(new Error('no'))]
  const one = create('server.example', () => answers.shift()!())
  one.load()
  expect(one.now()).toEqual([])
  await one.refresh()
  await one.refresh()
  expect(one.now()).toEqual(['192.0.2.1', '192.0.2.2'])
  const next = create('server.example', () => Promise.reject(new Error('no')))
  next.load()
  expect(next.now()).toEqual(['192.0.2.1', '192.0.2.2'])
  const other = create('other.example', () => Promise.reject(new Error('no')))
  other.load()
  expect(other.now()).toEqual([])
})

test('what a connection has resolved counts at once; the same again changes nothing, and an address is no name', () => {
  const no = () => Promise.reject(new Error('no'))
  const one = create('server.example', no)
  expect([one.learn(['192.0.2.3']), one.learn(['192.0.2.3']), one.learn([])]).toEqual([
    true,
    false,
    false,
  ])
  const next = create('server.example', no)
  next.load()
  expect(next.now()).toEqual(['192.0.2.3'])
  expect(create('192.0.2.1', no).learn(['192.0.2.3'])).toBe(false)
})
