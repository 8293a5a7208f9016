/** `netscope capture` as a shell sees it, against a server that speaks the API. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const PATIENCE = { timeout: 15_000, interval: 20 }

const block = (type: number, bytes = 16): Buffer => {
  const made = Buffer.alloc(12 + bytes)
  made.writeUInt32LE(type, 0)
  made.writeUInt32LE(made.length, 4)
  made.writeUInt32LE(made.length, made.length - 4)
  return made
}
const START = block(0x0a0d0d0a)
const PACKET = block(6)
const END = block(5)

let folder: string
let file: string
let server: Server
let url: string
let child: ChildProcess | undefined
let asked: { method: string; path: string; body: unknown }[]
/** Answers to POST that are open. */
let open: ServerResponse[]
let answer: (request: IncomingMessage, response: ServerResponse) => void

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-cli-capture-'))
  file = join(folder, 'out.pcapng')
  asked = []
  open = []
  answer = ({ method }, response) => {
    if (method === 'DELETE') {
      response.end('{"ok":true}')
      for (const one of open) one.end(END)
      return
    }
    response.writeHead(200, { 'netscope-capture': '7' })
    response.write(Buffer.concat([START, PACKET]))
    open.push(response)
  }
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url: path = '' } = request
      asked.push({ method, path, body: body === '' ? undefined : JSON.parse(body) })
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterEach(async () => {
  child?.kill('SIGKILL')
  child = undefined
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

const start = (...args: string[]) => {
  const env = { PATH: process.env['PATH'], NETSCOPE_SERVER: url }
  const started = spawn(process.execPath, [MAIN, 'capture', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child = started
  const closed = once(started, 'close') as Promise<[number]>
  const said = Promise.all([text(started.stdout), text(started.stderr), closed])
  return {
    process: started,
    over: said.then(([out, err, [status]]) => ({ out, err, status })),
  }
}
const untilOpen = () => vi.waitFor(() => expect(open).toHaveLength(1), PATIENCE)

test('asks for what it is told, and writes what comes', async () => {
  const { over } = start(
    ...['--filter', 'host 192.0.2.7 and proto tcp', '--duration', '2m', '--max-size', '5MB'],
    ...['--snap-length', '96', '--before', '1MB', '--agent', 'vm', '-o', file],
  )
  await untilOpen()
  open[0]?.end(Buffer.concat([PACKET, END]))
  expect(await over).toEqual({ out: '', err: 'netscope: 2 packets, 112 B\n', status: 0 })
  expect(readFileSync(file)).toEqual(Buffer.concat([START, PACKET, PACKET, END]))
  expect(asked).toEqual([
    {
      method: 'POST',
      path: '/api/v1/captures',
      body: {
        agent: 'vm',
        filter: { ip: '192.0.2.7', protocol: 'tcp' },
        seconds: 120,
        maxBytes: 5_000_000,
        snapLength: 96,
        beforeBytes: 1_000_000,
      },
    },
  ])
})

test('what was before is asked for by its time too', async () => {
  const { over } = start('--before', '5m', '-o', file)
  await untilOpen()
  open[0]?.end(END)
  expect((await over).status).toBe(0)
  expect(asked[0]?.body).toMatchObject({ beforeSeconds: 300 })
  expect(asked[0]?.body).not.toHaveProperty('beforeBytes')
})

test('a flow is asked for by its id, and standard output is a file too', async () => {
  const { over } = start('--flow', 'vm-1-abc', '-o', '-')
  await untilOpen()
  open[0]?.end(END)
  const { out, status } = await over
  expect([out, status]).toEqual([String(Buffer.concat([START, PACKET, END])), 0])
  expect(asked[0]?.body).toEqual({
    flow: 'vm-1-abc',
    seconds: 10,
    maxBytes: 100_000_000,
    snapLength: 65_535,
  })
})

test('Ctrl-C ends the capture, and the file comes to its end', async () => {
  const { process: started, over } = start('-o', file)
  await untilOpen()
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), PATIENCE)
  started.kill('SIGINT')
  expect(await over).toEqual({ out: '', err: 'netscope: 1 packets, 84 B\n', status: 0 })
  expect(asked[1]).toMatchObject({ method: 'DELETE', path: '/api/v1/captures/7' })
  expect(readFileSync(file)).toEqual(Buffer.concat([START, PACKET, END]))
})

test('a second Ctrl-C leaves at once, and says that the file is cut off', async () => {
  answer = ({ method }, response) => {
    if (method === 'DELETE') return // it hangs
    response.writeHead(200, { 'netscope-capture': '7' })
    response.write(Buffer.concat([START, PACKET]))
    open.push(response)
  }
  const { process: started, over } = start('-o', file)
  await untilOpen()
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), PATIENCE)
  started.kill('SIGINT')
  await vi.waitFor(() => expect(asked).toHaveLength(2), PATIENCE)
  started.kill('SIGINT')
  const { err } = await over
  expect(err).toBe('netscope: 1 packets, 56 B, cut off\n')
})

test('a server that goes is told, with exit status 3', async () => {
  const { over } = start('-o', file)
  await untilOpen()
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), PATIENCE)
  open[0]?.destroy()
  const { err, status } = await over
  expect(err).toContain('the connection was cut')
  expect(status).toBe(3)
})

test('what the server refuses is told, and no file is made', async () => {
  answer = (_request, response) => {
    response.writeHead(409, { 'content-type': 'application/problem+json' })
    response.end(
      '{"code":"capture.busy","detail":"Another capture is running on vm.","remedy":"Wait."}',
    )
  }
  const { err, status } = await start('-o', file).over
  expect(err).toBe('netscope: Another capture is running on vm.\nWait.\n')
  expect(status).toBe(1)
  expect(existsSync(file)).toBe(false)
})

test('a file that cannot be written is told, and the capture ends', async () => {
  const { over } = start('-o', join(folder, 'no', 'such', 'folder'))
  const { err, status } = await over
  expect(err).toContain('ENOENT')
  expect(status).toBe(1)
  await vi.waitFor(() => expect(open[0]?.closed).toBe(true), PATIENCE)
})

test.each([
  [['--filter', 'port x', '-o', 'f'], 'is no port'],
  [['--duration', '11m', '-o', 'f'], 'Whole seconds up to ten minutes'],
  [['--duration', '0.5s', '-o', 'f'], 'Whole seconds up to ten minutes'],
  [['--before', '5M', '-o', 'f'], 'Whole seconds up to a day'],
  [['--before', '2GB', '-o', 'f'], 'From 4096 bytes to 1GiB'],
  [['--max-size', '2GB', '-o', 'f'], 'From 4096 bytes to 1GiB'],
  [['--snap-length', '3', '-o', 'f'], 'from 16 to 65535'],
  [['--flow', 'a', '--filter', 'port 1', '-o', 'f'], 'cannot be used with'],
  [[], 'required option'],
])('%j is wrong usage', async (args, reason) => {
  const { err, status } = await start(...args).over
  expect(err).toContain(reason)
  expect(status).toBe(2)
  expect(asked).toEqual([])
})
