/** The sinks against what they write to: files, collectors of syslog, web servers. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { signatureOf } from '../notify/channels/webhook.ts'
import { createOutgoing } from '../outgoing/outgoing.ts'
import type { ExportBatch } from './export-line.ts'
import type { Sink, SinkKind } from './sink.ts'
import { fileSink } from './sinks/file.ts'
import { syslogSink } from './sinks/syslog.ts'
import { webhookSink } from './sinks/webhook.ts'

/** 2026-01-15, UTC. */
const START_MS = 1_768_435_200_000
const HOUR_MS = 3_600_000

let folder: string
let nowMs: number
let servers: (Server | HttpServer)[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-export-'))
  nowMs = Date.now()
  servers = []
})
afterEach(() => {
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true })
})

const open = (kind: SinkKind, settings: object): Sink => {
  const defaults = Object.entries(kind.settings.properties).map(([name, schema]) => [
    name,
    (schema as { default?: unknown }).default,
  ])
  return kind.open(
    { ...(Object.fromEntries(defaults) as object), ...settings },
    { outgoing: createOutgoing({ allow: ['127.0.0.1'] }), hostname: 'host-a', now: () => nowMs },
  )
}

const batch = (...texts: string[]): ExportBatch => ({
  id: 'batch-1',
  lines: texts.map((line) => ({
    ...({ what: 'alerts', label: 'high', text: line, bytes: Buffer.byteLength(line) } as const),
  })),
})
const listen = async (server: Server | HttpServer): Promise<number> => {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

describe('a file', () => {
  const path = () => join(folder, 'eve.json')
  const file = (settings: object = {}) => open(fileSink, { path: path(), ...settings })
  const read = (suffix = ''): string => readFileSync(`${path()}${suffix}`, 'utf8')
  const modeOf = (): number => statSync(path()).mode & 0o777

  it('gets a line for each event, and goes on after a restart', async () => {
    const first = file()
    await first.send(batch('{"a":1}', '{"a":2}'))
    await first.close()
    const second = file()
    await second.send(batch('{"a":3}'))
    await second.close()
    expect(read()).toBe('{"a":1}\n{"a":2}\n{"a":3}\n')
  })

  it('is readable as was said, whoever made it and whatever the umask', async () => {
    writeFileSync(path(), '', { mode: 0o666 })
    const sink = file({ mode: '0600' })
    await sink.send(batch('{}'))
    expect(modeOf()).toBe(0o600)
    await sink.close()
    const other = file()
    await other.send(batch('{}'))
    expect(modeOf()).toBe(0o640)
    await other.close()
  })

  it('is renamed when it would become too large, and the oldest goes', async () => {
    const sink = file({ maxMegabytes: 1, keep: 2 })
    for (const name of ['a', 'b', 'c', 'd']) await sink.send(batch(name.repeat(700_000)))
    await sink.close()
    expect(readdirSync(folder).toSorted()).toEqual(['eve.json', 'eve.json.1', 'eve.json.2'])
    expect([read(), read('.1'), read('.2')].map((content) => content[0])).toEqual(['d', 'c', 'b'])
  })

  it('is renamed by the clock, also by a server that began in between', async () => {
    const first = file({ everyHours: 1 })
    await first.send(batch('old'))
    await first.close()
    nowMs += 2 * HOUR_MS
    const second = file({ everyHours: 1 })
    await second.send(batch('new'))
    await second.close()
    expect([read('.1'), read()]).toEqual(['old\n', 'new\n'])
  })

  it('is not renamed while it is empty, nor where nothing was said of age', async () => {
    nowMs = START_MS + 24 * 365 * HOUR_MS
    const sink = file({ everyHours: 0 })
    await sink.send(batch('one'))
    nowMs += 48 * HOUR_MS
    await sink.send(batch('two'))
    await sink.close()
    expect(readdirSync(folder)).toEqual(['eve.json'])
  })

  it('is begun anew when somebody else has renamed or removed it', async () => {
    const sink = file()
    await sink.send(batch('one'))
    renameSync(path(), `${path()}.moved`)
    await sink.send(batch('two'))
    rmSync(path())
    await sink.send(batch('three'))
    await sink.close()
    expect([read('.moved'), read()]).toEqual(['one\n', 'three\n'])
  })

  it('ends a line that a crash has torn', async () => {
    writeFileSync(path(), '{"a":1}\n{"a":')
    const sink = file()
    await sink.send(batch('{"a":3}'))
    await sink.close()
    expect(read()).toBe('{"a":1}\n{"a":\n{"a":3}\n')
  })

  it.each([
    ['a folder', () => mkdirSync(path())],
    ['a link', () => symlinkSync('/dev/null', path())],
  ])('is not written where %s is', async (_, make) => {
    make()
    await expect(file().send(batch('{}'))).rejects.toThrow()
  })

  it('that cannot be made is an error that names it', async () => {
    const sink = open(fileSink, { path: join(folder, 'none', 'eve.json') })
    await expect(sink.send(batch('{}'))).rejects.toThrow(/ENOENT.*none\/eve\.json/)
    mkdirSync(join(folder, 'none'))
    await sink.send(batch('{}'))
    await sink.close()
  })

  it('is no device', async () => {
    const sink = open(fileSink, { path: '/dev/full' })
    await expect(sink.send(batch('{}'))).rejects.toThrow('no regular file')
  })
})

describe('syslog', () => {
  it('over TCP gets each event as a message with its length, severity and kind', async () => {
    const received: Promise<string>[] = []
    const port = await listen(createTcpServer((socket) => void received.push(text(socket))))
    nowMs = START_MS
    const sink = open(syslogSink, { host: '127.0.0.1', port, transport: 'tcp', facility: 16 })
    const long = `{"text":"${'ü'.repeat(5000)}"}`
    expect(await sink.send(batch('{"a":1}', long))).toEqual({ kind: 'sent' })
    const first = '<131>1 2026-01-15T00:00:00.000Z host-a netscope - alert - {"a":1}'
    const second = first.replace('{"a":1}', long)
    const framed = [first, second].map((line) => `${Buffer.byteLength(line)} ${line}`).join('')
    expect(await received[0]).toBe(framed)
  })

  it('that nobody listens to is an error that says so', async () => {
    const server = createTcpServer()
    const port = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    servers = []
    const sink = open(syslogSink, { host: '127.0.0.1', port, transport: 'tcp', facility: 16 })
    await expect(sink.send(batch('{}'))).rejects.toThrow('ECONNREFUSED')
  })
})

describe('a webhook', () => {
  const SECRET = 'a secret of ours'
  let requests: { headers: IncomingMessage['headers']; body: string }[]
  let status: number
  const serve = () => {
    requests = []
    status = 200
    return listen(
      createServer((request, response) => {
        void text(request).then((body) => {
          requests.push({ headers: request.headers, body })
          response.writeHead(status, { 'retry-after': '7' })
          response.end(`no: ${request.url} ${request.headers.authorization}`)
        })
      }),
    )
  }

  it('gets an array, signed, with the same key each time', async () => {
    const url = `http://127.0.0.1:${await serve()}/hook`
    nowMs = START_MS
    const sink = open(webhookSink, { url, secret: SECRET, authorization: 'Splunk abc' })
    expect(await sink.send(batch('{"a":1}', '{"a":2}'))).toEqual({ kind: 'sent' })
    const [{ headers, body } = { headers: {}, body: '' }] = requests
    expect(body).toBe('[{"a":1},{"a":2}]')
    expect(headers).toMatchObject({
      ...{ 'content-type': 'application/json', 'idempotency-key': 'batch-1' },
      ...{ authorization: 'Splunk abc', 'webhook-id': 'batch-1' },
      'webhook-signature': signatureOf(SECRET, { id: 'batch-1', seconds: START_MS / 1000, body }),
    })
  })

  it.each(['short', 'whsec_', 'whsec_!!!!!!!!!!!!!!!!', 'whsec_c2hvcnQ='])(
    'gets nothing signed with %s, a key that can be guessed',
    async (secret) => {
      const sink = open(webhookSink, { url: `http://127.0.0.1:${await serve()}/`, secret })
      await expect(sink.send(batch('{"a":1}'))).rejects.toThrow('too short')
      expect(requests).toEqual([])
    },
  )

  it('gets lines where that was asked for, and no signature without a secret', async () => {
    const sink = open(webhookSink, { url: `http://127.0.0.1:${await serve()}/`, body: 'lines' })
    await sink.send(batch('{"a":1}', '{"a":2}'))
    expect(requests[0]?.body).toBe('{"a":1}\n{"a":2}\n')
    expect(requests[0]?.headers['content-type']).toBe('application/x-ndjson')
    expect(requests[0]?.headers).not.toHaveProperty('webhook-signature')
  })

  it.each([
    [429, 'later'],
    [503, 'later'],
    [400, 'refused'],
    [403, 'broken'],
  ])('that answers %i: %s, without a secret in the reason', async (code, kind) => {
    const url = `http://127.0.0.1:${await serve()}/t0ps3cret`
    status = code
    const sink = open(webhookSink, { url: url.trim(), authorization: 'Bearer t0k3n' })
    const outcome = await sink.send(batch('{}'))
    expect(outcome).toMatchObject({ kind })
    expect(JSON.stringify(outcome)).not.toMatch(/t0k3n|t0ps3cret/)
  })

  it('is refused where it leads inside and nobody allowed that', async () => {
    const sink = open(webhookSink, { url: 'http://169.254.169.254/latest/' })
    const outcome = await sink.send(batch('{}'))
    expect(outcome).toMatchObject({
      kind: 'broken',
      reason: expect.stringContaining('outgoing.allow') as string,
    })
  })
})
