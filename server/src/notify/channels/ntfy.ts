/** ntfy: push to telephones (https://docs.ntfy.sh/publish/#publish-as-json). */
import { Type } from 'typebox'
import { channelKind } from '../channel.ts'
import { isGone, outcomeOf, post, settingUrlProblem } from '../http-outcome.ts'
import { rankOf } from '../notice.ts'
import { plainLines, titleOf } from '../notice-text.ts'
import { NTFY_TOPIC } from '../../declared/pattern-words.ts'

/** Bytes; a longer message becomes an attachment. */
const LONGEST = 3500

/** The last character may be cut in half. */
const fit = (text: string): string => {
  const bytes = Buffer.from(text)
  return bytes.length <= LONGEST
    ? text
    : `${String(bytes.subarray(0, LONGEST)).replace(/\uFFFD+$/, '')}…`
}

export const ntfyKind = channelKind({
  kind: 'ntfy',
  description: 'Push to telephones by ntfy, of ntfy.sh or your own server.',
  settings: Type.Object({
    url: Type.String({
      ...{ minLength: 1, maxLength: 2000, default: 'https://ntfy.sh' },
      description: 'Of the server.',
    }),
    topic: Type.String({
      pattern: NTFY_TOPIC,
      description: 'Whoever knows it can read along, unless the server demands a token.',
    }),
    token: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  }),
  secrets: ['topic', 'token'],
  problemOf: ({ url }) =>
    settingUrlProblem(url) ??
    // There the JSON would be the message itself.
    (URL.canParse(url) && new URL(url).pathname !== '/'
      ? 'its url is that of the server, without a topic: https://ntfy.sh'
      : undefined),
  targetOf: ({ url }) => (URL.canParse(url) ? new URL(url).host : 'ntfy'),
  async send({ url, topic, token }, { notice }, { outgoing, now }) {
    const body = JSON.stringify({
      topic,
      title: titleOf(notice),
      message: fit(plainLines(notice).join('\n')),
      // 1 to 5, and ours from 0.
      priority: rankOf(notice.label) + 1,
      ...(notice.url && { click: notice.url }),
    })
    const headers = {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    }
    const answer = await post(outgoing, { url, headers, body })
    return outcomeOf(answer, isGone, now())
  },
})
