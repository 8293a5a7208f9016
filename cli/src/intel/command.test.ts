/** `netscope threat-lookup` and `netscope feeds` with a server that answers. */
import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
let server: Server
let asked: string[]
let answer: object
beforeEach(async () => {
  asked = []
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push(`${request.method} ${request.url} ${body}`.trim())
      response.end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => void server.close())

const run = async (...args: string[]) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const env = { ...process.env, NO_COLOR: '1' }
  const child = spawn(process.execPath, [main, ...args, '--server', url], { env })
  const [stdout, status] = await Promise.all([
    text(child.stdout),
    new Promise((resolve) => child.on('close', resolve)),
  ])
  return { stdout, status }
}

test('threat-lookup shows risk, arithmetic and sources, and unknown as unknown', async () => {
  const none = { weight: null, probability: null }
  const source = {
    source: 'abuseipdb',
    state: 'known',
    weight: 0.8,
    probability: 1,
    reasons: ['r\u001B'],
  }
  const sources = [source, { ...source, ...none, source: 'shodan', state: 'not-asked' }]
  answer = { ip: '1.2.3.4', risk: 80, arithmetic: '100 · …', note: '', sources }
  const { stdout, status } = await run('threat-lookup', '1.2.3.4')
  expect([status, asked[0]]).toEqual([0, 'GET /api/v1/threat-intel/lookup/1.2.3.4'])
  expect(stdout).toMatch(
    /^1\.2\.3\.4 {2}risk 80 of 100\n {2}100 · …\nSOURCE[^]*abuseipdb +known +0\.8 +100 %/,
  )
  expect(stdout).not.toContain('\u001B')
  answer = { ip: '1.2.3.4', risk: null, arithmetic: '', note: '', sources: [] }
  expect((await run('threat-lookup', '1.2.3.4', '--cached')).stdout).toContain('risk unknown')
  expect(asked[1]).toContain('live=false')
})

test('feeds add sends what is given; refresh fails where the feed did not come', async () => {
  const feed = { name: 'feodo', block: true, error: '', entries: 7, subtracted: 1 }
  answer = feed
  expect((await run('feeds', 'add', 'feodo', '--block')).stdout).toContain('it blocks')
  expect(asked[0]).toBe('POST /api/v1/feeds {"name":"feodo","block":true}')
  answer = { ...feed, error: 'it answered 503' }
  const { stdout, status } = await run('feeds', 'refresh', 'feodo')
  expect([status, asked[1]]).toEqual([1, 'POST /api/v1/feeds/feodo/refresh'])
  expect(stdout).toContain('it answered 503')
})
