/** Discord: a webhook of a channel (https://discord.com/developers/docs/resources/webhook#execute-webhook). */
import type { SeverityLabel } from '@netscope/detect/detection.ts'
import { Type } from 'typebox'
import { channelKind } from '../channel.ts'
import { isGone, outcomeOf, post, settingUrlProblem } from '../http-outcome.ts'
import type { Notice } from '../notice.ts'
import { itemLines, restOf, shownItems, titleOf } from '../notice-text.ts'

/** Of Discord. All texts of a message together must be at most 6000 long. */
const LONGEST_TITLE = 256
const LONGEST_DESCRIPTION = 4096

const COLORS: Readonly<Record<SeverityLabel, number>> = {
  ...{ info: 0x6b7280, low: 0x2563eb, medium: 0xd97706, high: 0xdc2626, critical: 0x7f1d1d },
}

/** Markup, also of a list where a line begins, and what makes a link of a name; mentions; anything else. */
const SIGNS = /(?<marked>^-|:(?=\/\/)|[\\*_~`|>#[\]()<])|(?<at>@)|[^]/gu

/** As many characters as fit once they are escaped. Only a sign without width takes `@everyone` and `<@1>` apart. */
const escapedUpTo = (text: string, most: number): string => {
  let out = ''
  for (const { 0: sign, groups } of text.matchAll(SIGNS)) {
    const escaped = groups?.['marked'] ? `\\${sign}` : groups?.['at'] ? '@\u200B' : sign
    if (out.length + escaped.length > most - 1) return `${out}…`
    out += escaped
  }
  return out
}
const escape = (text: string): string => escapedUpTo(text, Infinity)

const descriptionOf = (notice: Notice): string => {
  const parts = [
    ...(notice.text ? [escape(notice.text)] : []),
    ...shownItems(notice).map((item) => {
      const [what, why] = itemLines(item)
      return `**${escape(item.title)}**\n${escape(what)}\n${escape(why)}`
    }),
  ]
  const rest = restOf(notice)
  let text = ''
  // What does not fit is left out as a whole: half an escape would be markup.
  for (const part of parts)
    if (text.length + part.length + rest.length + 4 <= LONGEST_DESCRIPTION) text += `${part}\n\n`
  return `${text}${escape(rest)}`.trim() || '…'
}

export const discordKind = channelKind({
  kind: 'discord',
  description: 'A channel of Discord, by a webhook.',
  settings: Type.Object({
    url: Type.String({
      minLength: 1,
      maxLength: 2000,
      description: 'Of the webhook: https://discord.com/api/webhooks/…',
    }),
  }),
  secrets: ['url'],
  problemOf: ({ url }) => settingUrlProblem(url),
  targetOf: () => 'a webhook',
  async send({ url }, { notice }, { outgoing, now }) {
    const embed = {
      title: escapedUpTo(titleOf(notice), LONGEST_TITLE),
      description: descriptionOf(notice),
      color: COLORS[notice.label],
      ...(notice.url && { url: notice.url }),
    }
    const body = JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } })
    const headers = { 'content-type': 'application/json' }
    const answer = await post(outgoing, { url, headers, body })
    return outcomeOf(answer, isGone, now())
  },
})
