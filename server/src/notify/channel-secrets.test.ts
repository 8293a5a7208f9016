/** Secrets of channels: where they are written, and a mail server that repeats in its answer what it was sent at the log-in. */
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterEach, expect, test } from 'vitest'
import { NOON_MS } from '../fakes/notify-rig.ts'
import { secretsIn } from '../fakes/secret-forms.ts'
import { makeCertificate } from '../fleet/self-made-certificate.ts'
import { createOutgoing } from '../outgoing/outgoing.ts'
import type { Channel } from './channel.ts'
import { emailKind } from './channels/email.ts'
import { webhookKind } from './channels/webhook.ts'
import { emptyNotice } from './notice.ts'
import { createSender } from './sender.ts'
import type { SenderDeps } from './sender.ts'

const HOST = 'mail.example'
const { certificate, key } = makeCertificate(HOST, NOON_MS - 1000)
const USER = 'netscope-mail@example.org'
const PASSWORD = `p4ss word/+?"&=<x>.0815`

let server: SMTPServer | undefined
afterEach(() => new Promise<void>((resolve) => server?.close(() => resolve())))

const ECHOES: Readonly<Record<string, (user: string, password: string) => string>> = {
  'the password': (_, password) => `5.7.8 wrong password: ${password}`,
  'the password, cut': (_, password) => `${'x'.repeat(188)} ${password}`,
  'what AUTH PLAIN sends': (user, password) =>
    `5.7.8 cannot read ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`,
  'what AUTH LOGIN sends': (_, password) =>
    `5.7.8 cannot read ${Buffer.from(password).toString('base64')}`,
}

test.each(Object.entries(ECHOES))('%s is hidden', async (_, echo) => {
  const made = new SMTPServer({
    ...{ key, cert: certificate, secure: true, logger: false, disableReverseLookup: true },
    onAuth: ({ username = '', password = '' }, _session, callback) =>
      callback(
        Object.assign(new Error(echo(username ?? '', password ?? '')), { responseCode: 535 }),
      ),
  })
  made.on('error', () => undefined)
  server = made
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', () => resolve()))
  const channel: Channel = {
    ...{ name: 'mail', kind: emailKind, rules: {} as Channel['rules'], origin: 'api' },
    ...{ author: 'ann', createdAtMs: 0 },
    settings: {
      ...{ host: HOST, port: (made.server.address() as AddressInfo).port, security: 'tls' },
      ...{ user: USER, password: PASSWORD, from: 'a@example.org', to: ['b@example.org'] },
    },
  }
  const lookUp = async () => ['127.0.0.1']
  const outgoing = createOutgoing({ allow: ['127.0.0.1'], ca: certificate }, { lookUp })
  const sender = createSender({ outgoing, now: () => NOON_MS } as unknown as SenderDeps)
  const outcome = await sender.attempt(channel, { id: 'a', notice: emptyNotice() })
  expect(outcome).toMatchObject({ kind: 'broken' })
  const reason = 'reason' in outcome ? outcome.reason : ''
  expect(reason).toContain('***')
  const secrets = { password: PASSWORD, plain: `\0${USER}\0${PASSWORD}` }
  expect(secretsIn({ reason }, secrets)).toEqual([])
})

test('a key of signatures may be named by few letters, but not be of few', () => {
  const problemOf = (secret: string) =>
    webhookKind.problemOf({ url: 'https://hooks.example/x', secret })
  expect(problemOf('env:HOOK_KEY')).toBeUndefined()
  expect(problemOf('file:/run/key')).toBeUndefined()
  expect(problemOf('guess me')).toContain('fewer than 16')
})
