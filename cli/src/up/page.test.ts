/** Waiting for the page. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { isTaken, pageUrl, waitForPage } from './page.ts'

const never = new AbortController().signal
const within = (forMs: number, signal = never) => ({ forMs, isTls: false, signal })
let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const listen = async (status: number): Promise<number> => {
  server = createServer((_request, response) => response.writeHead(status).end('{}'))
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

test('is there as soon as the server answers', async () => {
  const port = await listen(200)
  expect(await waitForPage('127.0.0.1', port, within(5_000))).toBe(true)
})

test('an error of the server is no answer', async () => {
  const port = await listen(500)
  expect(await waitForPage('127.0.0.1', port, within(100))).toBe(false)
})

test('gives up when nobody listens, and when told to', async () => {
  const port = await listen(200)
  server!.close()
  expect(await waitForPage('127.0.0.1', port, within(100))).toBe(false)
  expect(await waitForPage('127.0.0.1', port, within(60_000, AbortSignal.abort()))).toBe(false)
})

test('a port is taken while another program listens on it', async () => {
  const port = await listen(200)
  expect(await isTaken('127.0.0.1', port)).toBe(true)
  await new Promise((resolve) => server!.close(resolve))
  expect(await isTaken('127.0.0.1', port)).toBe(false)
})

test('puts an IPv6 address in brackets', () => {
  expect(pageUrl('::1', 8086)).toBe('http://[::1]:8086')
  expect(pageUrl('0.0.0.0', 443, true)).toBe('https://127.0.0.1:443')
  expect(pageUrl('localhost', 80)).toBe('http://localhost:80')
})
