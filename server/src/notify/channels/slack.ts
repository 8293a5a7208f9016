/** Slack: an incoming webhook (https://api.slack.com/messaging/webhooks). */
import { Type } from 'typebox'
import { channelKind } from '../channel.ts'
import { outcomeOf, post, settingUrlProblem } from '../http-outcome.ts'
import type { Notice } from '../notice.ts'
import { itemLines, restOf, shownItems, titleOf } from '../notice-text.ts'

/** Of Slack: a header, a text of a section. */
const LONGEST_HEADER = 150
const LONGEST_SECTION = 3000
/** More than one message a second is refused, but for short bursts. */
const GAP_MS = 1000

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
/**
 * Without it `<!channel>` calls everybody, and `<https://…|text>` is a link. No more than `most` afterwards: half a character
 * or half an escape would be an invalid payload.
 */
const escapedUpTo = (text: string, most: number): string => {
  let out = ''
  for (const sign of text) {
    const escaped = ESCAPES[sign] ?? sign
    if (out.length + escaped.length > most) return out
    out += escaped
  }
  return out
}

/** Text that Slack shows as it is: no markup, no links, no emoji. */
const plain = (text: string, most = LONGEST_SECTION) => ({
  type: 'plain_text',
  text: escapedUpTo(text, most),
  emoji: false,
})
const section = (text: string) => ({ type: 'section', text: plain(text) })

const blocksOf = (notice: Notice): object[] => {
  const header = { type: 'header', text: plain(titleOf(notice), LONGEST_HEADER) }
  const items = shownItems(notice).map((item) =>
    section([item.title, ...itemLines(item)].join('\n')),
  )
  const said = [notice.text, restOf(notice)].filter(Boolean).map(section)
  const link = notice.url
    ? [{ type: 'section', text: { type: 'mrkdwn', text: `<${encodeURI(notice.url)}|Open>` } }]
    : []
  return [header, ...items, ...said, ...link]
}

export const slackKind = channelKind({
  kind: 'slack',
  description: 'A channel of Slack, by an incoming webhook.',
  settings: Type.Object({
    url: Type.String({
      minLength: 1,
      maxLength: 2000,
      description: 'Of the webhook: https://hooks.slack.com/services/…',
    }),
  }),
  secrets: ['url'],
  gapMs: GAP_MS,
  problemOf: ({ url }) => settingUrlProblem(url),
  targetOf: () => 'an incoming webhook',
  async send({ url }, { notice }, { outgoing, now }) {
    const body = JSON.stringify({
      text: escapedUpTo(titleOf(notice), LONGEST_SECTION),
      blocks: blocksOf(notice),
      ...{ unfurl_links: false, unfurl_media: false },
    })
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    const answer = await post(outgoing, { url, headers, body })
    // A webhook that answers 200 with anything but `ok` is none.
    if (answer.status === 200 && !answer.isCut && String(answer.body).trim() !== 'ok')
      return { kind: 'broken', reason: 'the URL answers, but not as a webhook of Slack does' }
    return outcomeOf(answer, () => true, now())
  },
})
