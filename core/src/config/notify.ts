/** Section `notify`: whom alerts are told to. Channels are made by an admin or in a file; those of earlier tools also here. */
import { integer, section, text, texts, type SectionValue } from './key.ts'

export const notifySection = section('Who is told of alerts.', {
  channelsFile: text({
    default: '',
    isPath: true,
    description:
      'YAML file that declares channels: `channels:` and a list of what the API takes. They are read at the start and ' +
      'changed there only; see docs/reference/notifications.md.',
    allowed: 'a file path, or empty',
  }),
  publicUrl: text({
    default: '',
    maxLength: 500,
    description: 'Address of the page as those who are told reach it, for links; empty: no links.',
    allowed: 'a URL such as https://netscope.example.lan, or empty',
  }),
  slackUrl: text({
    default: '',
    secret: true,
    alias: 'SLACK_WEBHOOK_URL',
    maxLength: 2000,
    description: 'Makes a channel `slack` of this incoming webhook.',
    allowed: 'a URL, or empty',
  }),
  discordUrl: text({
    default: '',
    secret: true,
    alias: 'DISCORD_WEBHOOK_URL',
    maxLength: 2000,
    description: 'Makes a channel `discord` of this webhook.',
    allowed: 'a URL, or empty',
  }),
  smtpHost: text({
    default: '',
    alias: 'SMTP_HOST',
    maxLength: 253,
    description: 'Mail server of a channel `email`, which there is once notify.emailTo is set.',
    allowed: 'the name or address of a host, or empty',
  }),
  smtpPort: integer({
    default: 587,
    minimum: 1,
    maximum: 65_535,
    alias: 'SMTP_PORT',
    description:
      'Its port: 465 is TLS from the beginning, 25 without a user is without encryption, any other STARTTLS.',
  }),
  smtpUser: text({
    default: '',
    alias: 'SMTP_USER',
    maxLength: 320,
    description: 'To log in there.',
    allowed: 'a text, or empty for no log-in',
  }),
  smtpPassword: text({
    default: '',
    secret: true,
    alias: 'SMTP_PASSWORD',
    maxLength: 1000,
    description: 'To log in there.',
    allowed: 'a text, or empty for no log-in',
  }),
  emailFrom: text({
    default: '',
    alias: 'ALERT_EMAIL_FROM',
    maxLength: 320,
    description: 'Sender.',
    allowed: 'an e-mail address, or empty',
  }),
  emailTo: texts({
    items: { type: 'string', pattern: '^[^@\\s]+@[^@\\s]+$' },
    default: [],
    maxItems: 50,
    description: 'Recipients.',
    allowed: 'a list of e-mail addresses',
  }),
})

export type NotifySection = SectionValue<typeof notifySection>

export const notifyChecks = {
  publicUrl: (url: string): string | undefined =>
    url === '' || (/^https?:\/\//.test(url) && URL.canParse(url))
      ? undefined
      : 'Write https://HOST, with a path if the page is below one.',
}
