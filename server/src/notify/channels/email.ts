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
import { MAIL_ADDRESS, MAIL_HOST } from '../../declared/pattern-words.ts'

const TIMEOUT_MS = 10_000
const LONGEST_SUBJECT = 150

const address = (description: string) => Type.String({ pattern: MAIL_ADDRESS, description })

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

interface Rejection extends SmtpError {
  recipient?: string
}

interface Partly {
  /** Recipients that are through with the message. */
  done: readonly string[]
  tries: number
}

/**
 * Messages that are through with some recipients, where others are to be tried again: by their id. A restart forgets
 * them, and these recipients get the message twice, by the same Message-ID.
 */
const through = new Map<string, Partly>()
const MOST_THROUGH = 1000

/** Some 8 to 10 minutes, by the outbox's doubling: who greylists is content with 5. */
const MOST_TRIES = 8
/** Recipients that so many tries were not enough for: the next message waits for them no more, until one gets through. */
const stuck = new Set<string>()
const MOST_STUCK = 1000

const isLater = ({ responseCode = 0 }: Rejection): boolean => responseCode < 500
const nameOf = ({ recipient = '' }: Rejection): string => recipient
const wordsOf = ({ recipient = '', response, message = 'refused' }: Rejection): string =>
  oneLine(`${recipient}: ${response ?? message}`, 200)

/** Of a message that at least one recipient got; `rest` are those that were tried. */
const partialOutcome = (
  id: string,
  rest: readonly string[],
  rejections: readonly Rejection[],
): Outcome => {
  const refused = new Set(rejections.map(({ recipient = '' }) => recipient))
  for (const to of rest) if (!refused.has(to)) stuck.delete(to)
  const awaited = rejections.filter(
    (rejection) => isLater(rejection) && !stuck.has(nameOf(rejection)),
  )
  const [first] = awaited.length > 0 ? awaited : rejections
  if (awaited.length === 0) through.delete(id)
  if (!first) return { kind: 'sent' }
  if (awaited.length === 0) return { kind: 'sent', warning: wordsOf(first) }
  const names = awaited.map(nameOf)
  const passed = rest.filter((to) => !names.includes(to))
  return again(id, { passed, names, reason: wordsOf(first) })
}

interface Again {
  passed: readonly string[]
  /** Who is to be tried again. */
  names: readonly string[]
  reason: string
}

/** Of a message that others got: whoever does not take it for long keeps the next ones from nobody. */
const again = (id: string, { passed, names, reason }: Again): Outcome => {
  const { done, tries } = through.get(id) ?? { done: [], tries: 0 }
  if (tries + 1 >= MOST_TRIES) {
    through.delete(id)
    if (stuck.size + names.length > MOST_STUCK) stuck.clear()
    for (const name of names) stuck.add(name)
    return { kind: 'sent', warning: reason }
  }
  if (through.size >= MOST_THROUGH) through.clear()
  through.set(id, { done: [...done, ...passed], tries: tries + 1 })
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
    host: Type.String({ pattern: MAIL_HOST, description: 'Of the mail server.' }),
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
    const done = through.get(id)?.done ?? []
    const rest = to.filter((recipient) => !done.includes(recipient))
    try {
      const mail = { from, to, envelope: { from, to: rest }, ...mailOf(id, notice) }
      const { rejectedErrors = [] } = (await transport.sendMail(mail)) as {
        rejectedErrors?: Rejection[]
      }
      return partialOutcome(id, rest, rejectedErrors)
    } catch (error) {
      const outcome = smtpOutcome(error as SmtpError)
      if (done.length === 0) return outcome
      if (outcome.kind === 'later' && (error as SmtpError).code === 'EENVELOPE')
        return again(id, { passed: [], names: rest, reason: outcome.reason })
      if (outcome.kind !== 'refused') return outcome
      through.delete(id)
      return { kind: 'sent', warning: outcome.reason }
    } finally {
      transport.close()
    }
  },
})
