/** Where the server is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { serverUrl } from './server-url.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-url-'))
  vi.stubEnv('NETSCOPE_SERVER', '')
  vi.stubEnv('NETSCOPE_URL', '')
  vi.stubEnv('XDG_CONFIG_HOME', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const text = async (options: Parameters<typeof serverUrl>[0]) => (await serverUrl(options)).href

test('is what --server says, else NETSCOPE_URL or NETSCOPE_SERVER, else the configuration', async () => {
  const config = join(folder, 'n.yaml')
  writeFileSync(config, 'server:\n  host: "::1"\n  port: 9000\n')
  expect(await text({ config })).toBe('http://[::1]:9000/')
  vi.stubEnv('NETSCOPE_SERVER', 'http://localhost:9001')
  expect(await text({ config })).toBe('http://localhost:9001/')
  vi.stubEnv('NETSCOPE_URL', 'http://localhost:9003')
  expect(await text({ config })).toBe('http://localhost:9003/')
  expect(await text({ config, server: 'http://127.0.0.1:9002' })).toBe('http://127.0.0.1:9002/')
})

test.each([
  ['127.0.0.1', 'http://127.0.0.1:8086/'],
  ['127.0.0.1:80', 'http://127.0.0.1/'],
  ['[::1]', 'http://[::1]:8086/'],
  ['https://netscope.example/at/home', 'https://netscope.example/at/home/'],
])('%s is short for %s', async (given, url) => {
  expect(await text({ server: given })).toBe(url)
})

test('a text that is no URL is refused', async () => {
  await expect(text({ server: 'http://' })).rejects.toMatchObject({ code: 'client.unreachable' })
})
