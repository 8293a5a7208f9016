/** E-mail over SMTP (RFC 5321), with STARTTLS (RFC 3207) or TLS from the beginning (RFC 8314). */
import { isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import { Type } from 'typebox'
import { channelKind } from '../channel.ts'
import type { Outcome } from '../channel.ts'
import { failureOf } from '../channel.ts'
import { oneLine } from '../notice.ts'
import type { Notice } from '../notice.ts'
import { htmlOf } from '../notice-html.ts'
import { plainLines, titleOf } from '../notice-text.ts'

const TIMEOUT_MS = 10_000
const LONGEST_SUBJECT = 150

const address = (description: string) =>
  Type.String({ pattern: '^[^@\\s<>,;:"()]{1,64}@[^@\\s<>,;:"()]{1,255}$', description })

interface SmtpError {
  code?: string
  responseCode?: number
  response?: string
  message?: string
}

/** Of log-in: the account is wrong, or the server demands what we do not give. */
const isLogin = ({ code, responseCode = 0 }: SmtpError): boolean =>
  code === 'EAUTH' || [530, 534, 535].includes(responseCode)

/** What the server said of sender, recipients or text; a 5xx to anything else says nothing of the message. */
const OF_MESSAGE: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE'])

/** 4xx: later; 5xx: not this message (RFC 5321, section 4.2.1). */
const smtpOutcome = (error: SmtpError): Outcome => {
  const { code = '', responseCode = 0, response, message = 'unknown' } = error
  const reason = oneLine(response ?? message, 200)
  // A server that is busy says so at log-in as well.
  if (isLogin(error) && (responseCode === 0 || responseCode >= 500))
    return { kind: 'broken', reason }
  if (responseCode >= 500 && OF_MESSAGE.has(code)) return { kind: 'refused', reason }
  return { kind: 'later', reason }
}

const mailOf = (id: string, notice: Notice) => {
  const title = oneLine(titleOf(notice), LONGEST_SUBJECT)
  return {
    subject: `[NetScope] ${title}`,
    text: [titleOf(notice), '', ...plainLines(notice)].join('\n'),
    html: htmlOf(notice),
    // The same when it is sent again: mail programs show it once.
    messageId: `<${id}@netscope.invalid>`,
    // RFC 3834: nobody's holiday answers it.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-NetScope-Id': id },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  }
}

export const emailKind = channelKind({
  kind: 'email',
  description: 'E-mail through a mail server.',
  settings: Type.Object({
    host: Type.String({ pattern: '^[A-Za-z0-9.:_-]{1,253}$', description: 'Of the mail server.' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, default: 587 }),
    security: Type.Enum(['starttls', 'tls', 'none'], {
      default: 'starttls',
      description:
        'starttls (port 587), tls from the beginning (465), or none, without log-in only.',
    }),
    user: Type.Optional(Type.String({ minLength: 1, maxLength: 320 })),
    password: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    from: address('Sender.'),
    to: Type.Array(address('Recipient.'), { minItems: 1, maxItems: 50 }),
  }),
  secrets: ['password'],
  problemOf({ security, user, password }) {
    if (user && security === 'none')
      return 'a password is never sent without encryption: use starttls or tls'
    return Boolean(user) === Boolean(password) ? undefined : 'user and password come together'
  },
  targetOf: ({ to, host }) => `${to.join(', ')} through ${host}`,
  async send({ host, port, security, user, password, from, to }, { id, notice }, { outgoing }) {
    let transport: ReturnType<typeof createTransport> | undefined
    try {
      const checked = await outgoing.guard(host)
      transport = createTransport({
        ...{ host: checked.address, port, secure: security === 'tls' },
        // Without encryption nothing is sent at all, above all no password.
        ...{ requireTLS: security === 'starttls', ignoreTLS: security === 'none' },
        tls: {
          minVersion: 'TLSv1.2',
          ...(isIP(host) ? {} : { servername: host }),
          ...outgoing.tls,
        },
        ...(user && { auth: { user, pass: password } }),
        connectionTimeout: TIMEOUT_MS,
        ...{ greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS },
      })
    } catch (error) {
      return failureOf(error)
    }
    try {
      await transport.sendMail({ from, to, ...mailOf(id, notice) })
      return { kind: 'sent' }
    } catch (error) {
      return smtpOutcome(error as SmtpError)
    } finally {
      transport.close()
    }
  },
})
