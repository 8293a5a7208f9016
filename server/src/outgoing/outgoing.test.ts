/** The guarded client against real servers on loopback. */
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterEach, expect, it } from 'vitest'
import { makeCertificate } from '../fleet/self-made-certificate.ts'
import { createOutgoing } from './outgoing.ts'

const servers: Server[] = []
const serve = async (listener: RequestListener, host = '127.0.0.1'): Promise<number> => {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return (server.address() as AddressInfo).port
}
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const LOOPBACK = ['127.0.0.0/8', '::1']
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'no error'
  } catch (error) {
    return (error as { code: string }).code
  }
}

it.each([
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://127.1/',
  'http://0/',
  'http://localhost/',
  'http://LOCALHOST/',
  'http://[::1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://[::127.0.0.1]/',
  'http://[::ffff:0:127.0.0.1]/',
  'http://[64:ff9b::10.0.0.1]/',
  'http://[2002:7f00:1::]/',
  'http://[fd00:ec2::254]/',
  'http://[fe80::1]/',
  'http://10.1.2.3/',
  'http://172.31.0.1/',
  'http://192.168.0.1/',
  'http://100.64.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://168.63.129.16/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
])('refuses %s', async (url) => {
  expect(await codeOf(createOutgoing({ allow: [] }).request({ url }))).toBe('outgoing.forbidden')
})

it.each([
  '',
  'nothing',
  'file:///etc/passwd',
  'ftp://192.0.2.1/',
  'http://u:p@192.0.2.1/',
  'http://',
])('does not take %j for a URL', async (url) => {
  expect(await codeOf(createOutgoing({ allow: [] }).request({ url }))).toBe('outgoing.url')
})

it('says which address of a host is refused, and names what helps', async () => {
  const outgoing = createOutgoing({ allow: [] }, { lookUp: async () => ['1.1.1.1', '10.0.0.8'] })
  await expect(outgoing.request({ url: 'https://inside.example/secret' })).rejects.toMatchObject({
    message: 'inside.example is 10.0.0.8, which is private: the server does not connect there.',
    remedy: expect.stringContaining('outgoing.allow') as string,
  })
  await expect(outgoing.request({ url: 'http://10.77.0.2/' })).rejects.toMatchObject({
    message: '10.77.0.2 is private: the server does not connect there.',
  })
})

it('speaks TLS with the name, not the address, and refuses a certificate of another', async () => {
  const { certificate, key } = makeCertificate('hooks.example', Date.now())
  const server = createTlsServer({ cert: certificate, key }, (request, response) =>
    response.end((request.socket as TLSSocket & { servername: string }).servername),
  )
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const lookUp = async () => ['127.0.0.1']
  const trusting = createOutgoing({ allow: LOOPBACK, ca: certificate }, { lookUp })
  const answer = await trusting.request({ url: `https://hooks.example:${port}/` })
  expect(String(answer.body)).toBe('hooks.example')
  const doubtful = createOutgoing({ allow: LOOPBACK }, { lookUp })
  for (const [outgoing, url] of [
    [trusting, `https://other.example:${port}/`],
    [trusting, `https://127.0.0.1:${port}/`],
    [doubtful, `https://hooks.example:${port}/`],
  ] as const)
    expect(await codeOf(outgoing.request({ url }))).toBe('outgoing.certificate')
})

it('looks a name up once and connects to the address that was checked', async () => {
  const port = await serve(({ headers }, response) => response.end(headers.host))
  const answers = [['127.0.0.1'], ['127.0.0.2']]
  const asked: string[] = []
  const lookUp = async (host: string) => {
    asked.push(host)
    return answers.shift() ?? []
  }
  const outgoing = createOutgoing({ allow: ['127.0.0.1'] }, { lookUp })
  const url = `http://rebinding.example:${port}/`
  expect(String((await outgoing.request({ url })).body)).toBe(`rebinding.example:${port}`)
  expect(asked).toEqual(['rebinding.example'])
  expect(await codeOf(outgoing.request({ url }))).toBe('outgoing.forbidden')
})

it('connects to what is allowed by prefix or by name, in both families', async () => {
  const v4 = await serve((_request, response) => response.end('four'))
  const v6 = await serve((_request, response) => response.end('six'), '::1')
  const get = async (allow: string[], url: string) =>
    String((await createOutgoing({ allow }).request({ url })).body)
  expect(await get(['127.0.0.0/8'], `http://127.0.0.1:${v4}`)).toBe('four')
  expect(await get(['::1'], `http://[::1]:${v6}`)).toBe('six')
  expect(await get(['localhost'], `http://localhost:${v4}`)).toMatch('four')
})

it('sends method, headers and body, and gives back status, headers and body', async () => {
  const port = await serve((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += String(part)))
    request.on('end', () => {
      response.writeHead(429, { 'Retry-After': '7' })
      response.end(`${request.method} ${request.url} ${String(request.headers['x-a'])} ${body}`)
    })
  })
  const answer = await createOutgoing({ allow: LOOPBACK }).request({
    ...{ method: 'POST', url: `http://127.0.0.1:${port}/p?q=1`, headers: { 'x-a': 'b' } },
    body: 'hello',
  })
  expect([answer.status, answer.headers['retry-after'], String(answer.body)]).toEqual([
    ...[429, '7', 'POST /p?q=1 b hello'],
  ])
})

it('follows a redirect to the same host, and none to another, none of a POST and none for ever', async () => {
  const port = await serve(({ url = '' }, response) => {
    const to: Record<string, string> = {
      '/same': '/end',
      '/other': `http://127.0.0.2:${port}/end`,
      '/port': 'http://127.0.0.1:1/end',
      '/inside': 'http://169.254.169.254/',
      '/loop': '/loop',
      '/file': 'file:///etc/passwd',
    }
    if (to[url]) response.writeHead(302, { location: to[url] }).end()
    else response.end('here')
  })
  const outgoing = createOutgoing({ allow: LOOPBACK })
  const url = (path: string) => `http://127.0.0.1:${port}${path}`
  expect(String((await outgoing.request({ url: url('/same') })).body)).toBe('here')
  for (const path of ['/other', '/port', '/inside', '/loop', '/file'])
    expect(await codeOf(outgoing.request({ url: url(path) }))).toBe('outgoing.redirected')
  expect(await codeOf(outgoing.request({ url: url('/same'), method: 'POST' }))).toBe(
    'outgoing.redirected',
  )
})

it('gives up an answer that is too long, even if it never ends', async () => {
  const port = await serve((_request, response) => {
    const more = (): boolean => {
      while (response.write(Buffer.alloc(65_536)));
      return true
    }
    response.on('drain', more)
    more()
  })
  const request = createOutgoing({ allow: LOOPBACK }).request({
    url: `http://127.0.0.1:${port}`,
    maxBytes: 100_000,
  })
  expect(await codeOf(request)).toBe('outgoing.large')
})

it('gives up after its time: in the look-up, before the answer, within the body', async () => {
  const silent = await serve(() => undefined)
  const slow = await serve((_request, response) => void response.write('a'))
  const timeoutMs = 60
  const outgoing = createOutgoing({ allow: LOOPBACK })
  const stuck = createOutgoing({ allow: [] }, { lookUp: () => new Promise(() => undefined) })
  for (const work of [
    outgoing.request({ url: `http://127.0.0.1:${silent}`, timeoutMs }),
    outgoing.request({ url: `http://127.0.0.1:${slow}`, timeoutMs }),
    stuck.request({ url: 'http://nowhere.example', timeoutMs }),
  ])
    expect(await codeOf(work)).toBe('outgoing.slow')
})

it('says what was refused and what has no name', async () => {
  const port = await serve(() => undefined)
  servers[0]?.close()
  const outgoing = createOutgoing(
    { allow: LOOPBACK },
    {
      lookUp: async () => {
        throw Object.assign(new Error('no'), { code: 'ENOTFOUND' })
      },
    },
  )
  expect(await codeOf(outgoing.request({ url: `http://127.0.0.1:${port}` }))).toBe(
    'outgoing.unreachable',
  )
  expect(await codeOf(outgoing.request({ url: 'http://nowhere.example' }))).toBe('outgoing.name')
})

it('never says more of a URL than its host', async () => {
  const port = await serve((_request, response) =>
    response.writeHead(302, { location: 'http://other.example/SECRET' }).end(),
  )
  const outgoing = createOutgoing({ allow: LOOPBACK }, { lookUp: async () => ['10.0.0.1'] })
  const urls = [
    `http://127.0.0.1:${port}/SECRET?k=SECRET`,
    'http://inside.example/SECRET',
    'http://127.0.0.1:1/SECRET',
    'http:///u:SECRET@host:99999/SECRET',
  ]
  for (const url of urls) {
    const error = await outgoing.request({ url }).then(
      () => expect.unreachable(),
      (thrown: Error) => thrown,
    )
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('SECRET')
  }
})
