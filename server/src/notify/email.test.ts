/** E-mail against a real SMTP server: TLS, log-in, answers, and what an attacker writes into names. */
import { text } from 'node:stream/consumers'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerOptions } from 'smtp-server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rowOf, storedAlert } from '../fakes/alert-row.ts'
import { NOON_MS } from '../fakes/notify-rig.ts'
import { makeCertificate } from '../fleet/self-made-certificate.ts'
import { createOutgoing } from '../outgoing/outgoing.ts'
import { emailKind } from './channels/email.ts'
import { addTo, emptyNotice } from './notice.ts'

const HOST = 'mail.example'
const { certificate, key } = makeCertificate(HOST, NOON_MS - 1000)

interface Mail {
  from: string
  to: string[]
  source: string
  isSecure: boolean
  user: string
}
let mails: Mail[]
let logins: string[]
let server: SMTPServer | undefined
beforeEach(() => {
  mails = []
  logins = []
})
afterEach(() => {
  const closing = server
  server = undefined
  return closing && new Promise<void>((resolve) => closing.close(() => resolve()))
})

const serve = async (options: SMTPServerOptions = {}): Promise<number> => {
  const made = new SMTPServer({
    ...{ key, cert: certificate, authOptional: true, logger: false, disableReverseLookup: true },
    onAuth({ username = '', password = '' }, _session, callback) {
      logins.push(username)
      if (password === 'right') callback(null, { user: username })
      else callback(new Error('535 wrong'))
    },
    onData(stream, session, callback) {
      void text(stream).then((source) => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          ...{ source, isSecure: session.secure, user: session.user ?? '' },
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
        })
        callback()
      })
    },
    ...options,
  })
  made.on('error', () => undefined)
  server = made
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', () => resolve()))
  return (made.server.address() as AddressInfo).port
}

const SETTINGS = {
  ...{ host: HOST, security: 'starttls', from: 'netscope@example.org' },
  to: ['ann@example.org', 'bob@example.org'],
}
const send = (settings: object, given: object = {}, trusted = certificate) => {
  const notice = emptyNotice()
  addTo(notice, rowOf(storedAlert({ severity: 70, ...given })))
  const lookUp = async () => ['127.0.0.1']
  const outgoing = createOutgoing({ allow: ['127.0.0.1'], ca: trusted }, { lookUp })
  return emailKind.send(
    { ...SETTINGS, ...settings },
    { id: 'key-1', notice },
    { outgoing, now: () => NOON_MS },
  )
}
const failing = (responseCode: number) =>
  Object.assign(new Error('said the server'), { responseCode })

test('goes to all recipients with STARTTLS and log-in, as text and HTML, by an id of its own', async () => {
  const port = await serve()
  expect(await send({ port, user: 'ann', password: 'right' })).toEqual({ kind: 'sent' })
  const [mail] = mails
  expect(mail).toMatchObject({ isSecure: true, user: 'ann', from: 'netscope@example.org' })
  expect(mail?.to).toEqual(['ann@example.org', 'bob@example.org'])
  expect(mail?.source).toMatch(/^Subject: \[NetScope\] high: 192\.0\.2\.7 scans the ports of 10/m)
  expect(mail?.source).toMatch(/^Message-ID: <key-1@netscope\.invalid>/m)
  expect(mail?.source).toMatch(/^Auto-Submitted: auto-generated/m)
  expect(mail?.source).toMatch(/text\/plain[^]*text\/html/)
})

test('speaks TLS from the beginning', async () => {
  const port = await serve({ secure: true })
  const login = { user: 'ann', password: 'right' }
  expect(await send({ port, security: 'tls', ...login })).toEqual({ kind: 'sent' })
  expect(mails[0]?.isSecure).toBe(true)
})

test('without encryption there is no log-in, and it has to be asked for', async () => {
  const port = await serve({ disabledCommands: ['STARTTLS', 'AUTH'] })
  expect(await send({ port, security: 'none' })).toEqual({ kind: 'sent' })
  expect(mails[0]?.isSecure).toBe(false)
  expect(emailKind.problemOf({ ...SETTINGS, security: 'none', user: 'a', password: 'b' })).toMatch(
    /never sent without encryption/,
  )
})

test('where STARTTLS is not offered, neither password nor message is sent', async () => {
  const port = await serve({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
  expect((await send({ port, user: 'ann', password: 'right' })).kind).toBe('later')
  expect([logins, mails]).toEqual([[], []])
})

test('a certificate of somebody else is not accepted', async () => {
  const port = await serve()
  const other = makeCertificate('other.example', NOON_MS).certificate
  expect((await send({ port, user: 'ann', password: 'right' }, {}, other)).kind).toBe('later')
  expect((await send({ port, host: 'other.example' })).kind).toBe('later')
  expect([logins, mails]).toEqual([[], []])
})

test('a wrong password breaks the channel, and is not in what is said', async () => {
  const port = await serve()
  const outcome = await send({ port, user: 'ann', password: 'wrong-SECRET' })
  expect(outcome.kind).toBe('broken')
  expect(JSON.stringify(outcome)).not.toContain('SECRET')
})

test('a server that wants a log-in breaks the channel that has none', async () => {
  const port = await serve({ authOptional: false })
  expect((await send({ port })).kind).toBe('broken')
})

test.each([
  [421, 'later'],
  [450, 'later'],
  [451, 'later'],
  [452, 'later'],
  [550, 'refused'],
  [552, 'refused'],
  [554, 'refused'],
])('%i to the message: %s', async (code, kind) => {
  const port = await serve({
    onData(stream, _session, callback) {
      stream.resume()
      stream.on('end', () => callback(failing(code)))
    },
  })
  expect((await send({ port })).kind).toBe(kind)
})

test.each([
  [450, 'later'],
  [550, 'refused'],
])('%i to every recipient: %s', async (code, kind) => {
  const port = await serve({ onRcptTo: (_address, _session, callback) => callback(failing(code)) })
  expect((await send({ port })).kind).toBe(kind)
})

test('a recipient that is to be tried later is, and the others get it once', async () => {
  let busy = true
  const port = await serve({
    onRcptTo: ({ address }, _session, callback) =>
      callback(busy && address.startsWith('ann') ? failing(450) : null),
  })
  expect(await send({ port })).toMatchObject({
    kind: 'later',
    reason: expect.stringContaining('ann@example.org: 450') as string,
  })
  expect(mails.map(({ to }) => to)).toEqual([['bob@example.org']])
  busy = false
  expect(await send({ port })).toEqual({ kind: 'sent' })
  expect(mails.map(({ to }) => to)).toEqual([['bob@example.org'], ['ann@example.org']])
  expect(mails[1]?.source).toMatch(/^To: ann@example\.org, bob@example\.org/m)
})

test('a recipient whose mailbox stays full keeps the others from no later message', async () => {
  let isFull = true
  const port = await serve({
    onRcptTo: ({ address }, _session, callback) =>
      callback(isFull && address.startsWith('full') ? failing(452) : null),
  })
  const to = ['full@example.org', 'bob@example.org']
  const kinds: string[] = []
  for (let i = 0; i < 8; i++) kinds.push((await send({ port, to })).kind)
  expect(kinds).toEqual([...Array<string>(7).fill('later'), 'sent'])
  expect(await send({ port, to })).toMatchObject({
    kind: 'sent',
    warning: expect.stringContaining('full@example.org: 452') as string,
  })
  expect(mails.map((mail) => mail.to)).toEqual([['bob@example.org'], ['bob@example.org']])
  isFull = false
  expect(await send({ port, to })).toEqual({ kind: 'sent' })
})

test('a recipient that is refused for good after others got it ends it', async () => {
  let code = 450
  const port = await serve({
    onRcptTo: ({ address }, _session, callback) =>
      callback(address.startsWith('ann') ? failing(code) : null),
  })
  expect((await send({ port })).kind).toBe('later')
  code = 550
  expect(await send({ port })).toMatchObject({
    kind: 'sent',
    warning: expect.stringContaining('550') as string,
  })
  expect(mails).toHaveLength(1)
})

test('what a server says before TLS is not taken for what it says after', async () => {
  const commands: string[] = []
  const injecting = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    socket.write('220 hi\r\n')
    socket.on('data', (bytes) => {
      const command = String(bytes).trim()
      commands.push(command)
      if (command.startsWith('EHLO')) socket.write('250-hi\r\n250 STARTTLS\r\n')
      else if (command === 'STARTTLS')
        socket.end('220 go\r\n250 AUTH PLAIN\r\n235 in\r\n250 ok\r\n')
    })
  })
  await new Promise<void>((resolve) => injecting.listen(0, '127.0.0.1', resolve))
  const { port } = injecting.address() as AddressInfo
  const outcome = await send({ port, user: 'ann', password: 'right-SECRET' })
  injecting.close()
  expect(outcome.kind).toBe('later')
  expect(commands.slice(0, 2)).toEqual([expect.stringMatching(/^EHLO/), 'STARTTLS'])
  expect(commands.join(' ')).not.toMatch(/AUTH|MAIL|SECRET/)
})

test.each([['PLAIN'], ['LOGIN'], ['CRAM-MD5']])(
  'logs in by %s where nothing else is offered',
  async (method) => {
    const port = await serve({
      authMethods: [method],
      onAuth({ method: used, username = '', password = '', validatePassword }, _session, callback) {
        const isRight = used === 'CRAM-MD5' ? validatePassword('right') : password === 'right'
        logins.push(used)
        callback(null, isRight ? { user: username } : {})
      },
    })
    expect(await send({ port, user: 'ann', password: 'right' })).toEqual({ kind: 'sent' })
    expect([logins, mails[0]?.user]).toEqual([[method], 'ann'])
  },
)

test('a line that begins with a dot, and one of a dot alone, arrive as they are', async () => {
  const port = await serve()
  await send({ port }, { title: '.hidden', evidence: { reason: '.', facts: [], flows: [] } })
  expect(mails[0]?.source).toMatch(/^Subject: \[NetScope\] high: \.hidden/m)
  expect(mails[0]?.source).toMatch(/^\.hidden\r$/m)
})

test('one recipient that is refused does not keep it from the others', async () => {
  const port = await serve({
    onRcptTo: ({ address }, _session, callback) =>
      callback(address.startsWith('ann') ? failing(550) : null),
  })
  expect(await send({ port })).toMatchObject({
    kind: 'sent',
    warning: expect.stringContaining('ann@example.org: 550') as string,
  })
  expect(mails[0]?.to).toEqual(['bob@example.org'])
})

test('no server is tried again, and one inside that is not allowed never', async () => {
  expect((await send({ port: 1 })).kind).toBe('later')
  const outgoing = createOutgoing({ allow: [] }, { lookUp: async () => ['10.0.0.25'] })
  const message = { id: 'x', notice: emptyNotice() }
  const outcome = await emailKind.send(SETTINGS, message, { outgoing, now: () => NOON_MS })
  expect(outcome).toMatchObject({
    kind: 'broken',
    reason: expect.stringMatching(/10\.0\.0\.25, which is private.*outgoing\.allow/) as string,
  })
})

test('names of the network add no header, no recipient and no markup', async () => {
  const port = await serve()
  const hostile = 'x\r\nBcc: eve@example.org\r\n\r\n.\r\n<script>alert(1)</script> "\u202E'
  await send({ port }, { title: hostile, source: { ip: '192.0.2.7', name: hostile } })
  const { to, source } = mails[0]!
  const head = source.slice(0, source.indexOf('\r\n\r\n'))
  expect(to).toEqual(SETTINGS.to)
  expect(head).not.toMatch(/^Bcc:/im)
  expect(head.match(/^Subject:/gm)).toHaveLength(1)
  const decoded = source
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const html = decoded.slice(decoded.indexOf('text/html'))
  expect(html).not.toContain('<script>')
  expect(html).toContain('&lt;script&gt;')
})
