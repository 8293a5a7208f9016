/**
 * What a network's people ask for outside, on the address given: pages with pictures, an API, files of a folder, log-in by form
 * (HTTP), and the time (NTP). `bin/node outside-server.ts FOLDER ADDRESS…`
 */
import { createSocket } from 'node:dgram'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join, normalize } from 'node:path'

const [folder = '.', ...addresses] = process.argv.slice(2)
/** 1900 to 1970. */
const NTP_EPOCH_SECONDS = 2_208_988_800

/** A page has its size by its name, so that the next visit finds it as it was. */
const sizeOf = (path: string): number => {
  let sum = 7
  for (const char of path) sum = (sum * 31 + char.charCodeAt(0)) % 90_000
  return 2000 + sum
}

const SMALL_BYTES = 2000
/** A password is compared slowly, on purpose. */
const CHECK_MS = 40

const sendFile = (path: string, response: ServerResponse): void => {
  response.writeHead(200, { 'content-length': statSync(path).size })
  createReadStream(path).pipe(response)
}

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const { pathname } = new URL(request.url ?? '/', 'http://outside')
  const file = join(folder, normalize(pathname))
  if (pathname === '/login') {
    request.resume()
    const refuse = () => response.writeHead(200, { 'content-type': 'text/html' }).end(WRONG)
    request.on('end', () => setTimeout(refuse, CHECK_MS))
  } else if (pathname.startsWith('/api/')) {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ at: Date.now(), items: Math.floor(Math.random() * 40) }))
  } else if (pathname === '/small') response.end(Buffer.alloc(SMALL_BYTES, 'a page '))
  else if (existsSync(file) && statSync(file).isFile()) sendFile(file, response)
  else if (pathname.startsWith('/page')) response.end(Buffer.alloc(sizeOf(pathname), 'a page '))
  else response.writeHead(404).end('not found\n')
}

const WRONG = `<html><body><h1>Log in</h1><p>Wrong name or password.</p>${'<p>Forgot your password?</p>'.repeat(20)}</body></html>`

for (const address of addresses) createServer(answer).listen(80, address)

const time = createSocket('udp4')
time.on('message', (asked, from) => {
  if (asked.length < 48) return
  const reply = Buffer.alloc(48)
  reply.writeUInt8(0x24, 0)
  reply.writeUInt8(2, 1)
  asked.copy(reply, 24, 40, 48)
  for (const at of [16, 32, 40])
    reply.writeUInt32BE((Math.floor(Date.now() / 1000) + NTP_EPOCH_SECONDS) >>> 0, at)
  time.send(reply, from.port, from.address)
})
time.bind(123, addresses[0])
