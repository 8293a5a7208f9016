/** Scripts of the two hosts in one-row.root.test.ts: `server ADDRESS CERTIFICATE KEY`, `client SERVER NAME BYTES`. */
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:tls'
import { dnsMessage } from '../../agent/src/names/fake-dns.ts'
import { parseDnsMessage } from '../../agent/src/names/dns-message.ts'

const A = 1

/** Answers every name with `address`; takes what comes over TLS and ends when the client does. */
const serve = (address: string, certificate: string, key: string): void => {
  const dns = createSocket('udp4')
  dns.on('message', (bytes, client) => {
    const question = parseDnsMessage(bytes)
    const { name = '', type = 0 } = question?.questions[0] ?? {}
    const answers = type === A ? [{ name, type, ttl: 60, data: address }] : []
    dns.send(
      dnsMessage({ id: question?.id ?? 0, questions: [[name, type]], answers }),
      client.port,
      client.address,
    )
  })
  dns.bind(53)
  createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (socket) =>
    socket.resume().on('error', () => undefined),
  ).listen(443)
}

/** Uploads over TLS; stays until it is told to end. */
const upload = async (server: string, name: string, bytes: number): Promise<void> => {
  const resolver = new Resolver()
  resolver.setServers([server])
  const [host = ''] = await resolver.resolve4(name)
  const socket = connect({ host, port: 443, servername: name, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  await new Promise((resolve) => socket.write(Buffer.alloc(bytes), resolve))
  console.log('uploaded')
  await once(process.stdin.resume(), 'end')
  socket.end()
  await once(socket.resume(), 'close')
}

const [role, first = '', second = '', third = ''] = process.argv.slice(2)
if (role === 'server') serve(first, second, third)
else await upload(first, second, Number(third))
