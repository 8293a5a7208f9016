/** Gotify: push from a server of one's own (https://gotify.net/api-docs). */
import { Type } from 'typebox'
import { channelKind } from '../channel.ts'
import { isGone, outcomeOf, post, settingUrlProblem } from '../http-outcome.ts'
import { rankOf } from '../notice.ts'
import { plainLines, titleOf } from '../notice-text.ts'

/** From 8 on a telephone makes a sound in any case. */
const PRIORITIES = [1, 3, 5, 7, 9] as const

export const gotifyKind = channelKind({
  kind: 'gotify',
  description: 'Push to telephones by a Gotify server of your own.',
  settings: Type.Object({
    url: Type.String({ minLength: 1, maxLength: 2000, description: 'Of the server.' }),
    token: Type.String({ minLength: 1, maxLength: 500, description: 'Of the application.' }),
  }),
  secrets: ['token'],
  problemOf: ({ url }) => settingUrlProblem(url),
  targetOf: ({ url }) => (URL.canParse(url) ? new URL(url).host : 'gotify'),
  async send({ url, token }, { notice }, { outgoing, now }) {
    const body = JSON.stringify({
      title: titleOf(notice),
      message: plainLines(notice).join('\n'),
      priority: PRIORITIES[rankOf(notice.label)],
      extras: { 'client::display': { contentType: 'text/plain' } },
    })
    const headers = { 'content-type': 'application/json', 'x-gotify-key': token }
    const target = `${url.replace(/\/+$/, '')}/message`
    const answer = await post(outgoing, { url: target, headers, body })
    return outcomeOf(answer, isGone, now())
  },
})
