/** Scripts of the two hosts in names.root.test.ts: `server ADDRESS CERTIFICATE KEY`, `client ADDRESS NAME [long]`. */
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, get } from 'node:http'
import { connect, createServer } from 'node:tls'
import { dnsMessage } from '../../agent/src/names/fake-dns.ts'
import { parseDnsMessage } from '../../agent/src/names/dns-message.ts'

const DNS_PORT = 53
const NXDOMAIN = 0x8183
const [A, AAAA] = [1, 28]

const serve = (address: string, certificate: string, key: string): void => {
  const dns = createSocket('udp4')
  dns.on('message', (bytes, client) => {
    const question = parseDnsMessage(bytes)
    const { name = '', type = 0 } = question?.questions[0] ?? {}
    const known = type === A && !name.startsWith('no')
    const answer = dnsMessage({
      id: question?.id ?? 0,
      ...(type !== AAAA && !known && { flags: NXDOMAIN }),
      questions: [[name, type]],
      answers: known ? [{ name, type, ttl: 60, data: address }] : [],
    })
    dns.send(answer, client.port, client.address)
  })
  dns.bind(DNS_PORT)
  createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (socket) =>
    socket.end('hello'),
  ).listen(443)
  createHttpServer((_request, response) => response.end('hello')).listen(80)
}

/** Asks for the name, then for a page over TLS; a long hello has some 3,400 bytes. */
const visit = async (server: string, name: string, isLong: boolean): Promise<void> => {
  const resolver = new Resolver()
  resolver.setServers([server])
  const [address = ''] = await resolver.resolve4(name)
  await resolver.resolve4('no.such.example').catch(() => undefined)
  const protocols = isLong
    ? Array.from({ length: 10 }, (_, i) => `${'long'.repeat(45)}${i}`)
    : ['http/1.1']
  const socket = connect({
    host: address,
    port: 443,
    servername: name,
    ALPNProtocols: protocols,
    rejectUnauthorized: false,
  })
  socket.resume()
  socket.on('error', () => undefined)
  await once(socket, 'close')
  const response = await new Promise((resolve, reject) =>
    get({ host: address, headers: { host: name } }, resolve).on('error', reject),
  )
  void response
}

const [role, address = '', second = '', third = ''] = process.argv.slice(2)
if (role === 'server') serve(address, second, third)
else {
  await visit(address, second, third === 'long')
  process.exit(0)
}
