/** Channels of the configuration: those of notify.channelsFile, and those that single keys make. */
import type { NotifySection } from '@netscope/core/config/notify.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Logger } from 'pino'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { readDeclaredFile } from '../declared/declared-file.ts'
import { CHANNEL_NAME } from '../declared/pattern-words.ts'
import type { Channel } from './channel.ts'
import { readChannel } from './channels.ts'
import type { NewChannel } from './channels.ts'
import { someRulesSchema } from './rules.ts'

/** What the API takes and the file holds. */
export const newChannelSchema = Type.Object(
  {
    name: Type.String({ pattern: CHANNEL_NAME, description: 'Small letters, digits, . _ -' }),
    kind: Type.String({ maxLength: 32 }),
    settings: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), {
      description: 'Of the kind: GET /api/v1/channels/kinds.',
    }),
    rules: Type.Optional(someRulesSchema),
  },
  { additionalProperties: false },
)

const PLAIN_SMTP = 25
const TLS_SMTP = 465

/** A password is never sent in the clear, so with one port 25 has STARTTLS too. */
const securityOf = (port: number, user: string): string =>
  port === TLS_SMTP ? 'tls' : port === PLAIN_SMTP && user === '' ? 'none' : 'starttls'

const ofKeys = (config: NotifySection): { place: string; channel: NewChannel }[] => {
  const { slackUrl, discordUrl, smtpHost: host, smtpPort: port, smtpUser, smtpPassword } = config
  const { emailFrom: from, emailTo: to } = config
  const login = smtpUser && { user: smtpUser, password: smtpPassword }
  const email = { host, port, security: securityOf(port, smtpUser), from, to, ...login }
  const of = (place: string, kind: string, settings: Record<string, unknown>) => ({
    place,
    channel: { name: kind, kind, settings },
  })
  return [
    ...(slackUrl ? [of('notify.slackUrl', 'slack', { url: slackUrl })] : []),
    ...(discordUrl ? [of('notify.discordUrl', 'discord', { url: discordUrl })] : []),
    ...(host && to.length > 0 ? [of('notify.smtpHost', 'email', email)] : []),
  ]
}

const wrong = (place: string, reason: string): NetscopeError =>
  new NetscopeError('channel.file', { place, reason })

const asChannel = (value: unknown, place: string): NewChannel => {
  if (Check(newChannelSchema, value)) return value
  throw wrong(place, 'it is not written as a channel: name, kind, settings, rules')
}

/** Throws `channel.file`; what is half written, as a mail server without recipients, is told in the log. */
export const readDeclaredChannels = async (
  config: NotifySection,
  log?: Pick<Logger, 'warn'>,
): Promise<Channel[]> => {
  const { channelsFile: path, smtpHost, emailTo } = config
  if (smtpHost !== '' && emailTo.length === 0)
    log?.warn({ smtpHost }, 'no e-mail is sent: notify.emailTo names nobody')
  const { entries, problems } = path
    ? await readDeclaredFile(path, 'channels')
    : { entries: [], problems: [] }
  if (problems[0] !== undefined) throw wrong(path, problems.join('; '))
  const declared = entries.map(({ value, place }) => ({
    ...{ place, channel: asChannel(value, place), origin: 'file' as const },
  }))
  const keys = ofKeys(config).map((of) => ({ ...of, origin: 'config' as const }))
  const names = new Set<string>()
  return [...declared, ...keys].map(({ place, channel, origin }) => {
    if (names.has(channel.name)) throw wrong(place, `there are two channels ${channel.name}`)
    names.add(channel.name)
    try {
      return readChannel(channel, { origin, author: place, createdAtMs: 0 })
    } catch (error) {
      throw wrong(place, (error as Error).message)
    }
  })
}
