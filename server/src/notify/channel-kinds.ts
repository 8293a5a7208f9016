/** All kinds of channels. */
import type { ChannelKind } from './channel.ts'
import { discordKind } from './channels/discord.ts'
import { emailKind } from './channels/email.ts'
import { gotifyKind } from './channels/gotify.ts'
import { ntfyKind } from './channels/ntfy.ts'
import { slackKind } from './channels/slack.ts'
import { syslogKind } from './channels/syslog.ts'
import { webhookKind } from './channels/webhook.ts'

export const CHANNEL_KINDS: readonly ChannelKind[] = [
  emailKind,
  slackKind,
  discordKind,
  webhookKind,
  ntfyKind,
  gotifyKind,
  syslogKind,
]
