/** A program of one's own over HTTP, signed as Standard Webhooks are (https://www.standardwebhooks.com). */
import { createHmac } from 'node:crypto'
import { Type } from 'typebox'
import { channelKind } from '../channel.ts'
import { isGone, outcomeOf, post, settingUrlProblem } from '../http-outcome.ts'
import { titleOf } from '../notice-text.ts'

/** Secrets of that standard are base64 behind this; any other text is taken as it is. */
const PREFIX = 'whsec_'

/** Shorter keys can be guessed; what is no base64 behind `whsec_` decodes to next to nothing. */
const LEAST_KEY_BYTES = 16

const keyOf = (secret: string): Buffer => {
  const key = secret.startsWith(PREFIX)
    ? Buffer.from(secret.slice(PREFIX.length), 'base64')
    : Buffer.from(secret)
  if (key.length >= LEAST_KEY_BYTES) return key
  throw new Error(
    `the secret of the signature is too short: ${key.length} bytes; give it ${LEAST_KEY_BYTES} or more, or base64 of so many after ${PREFIX}`,
  )
}

/** HMAC-SHA256 over id, time (seconds since 1970) and body. Throws for a secret of under 16 bytes. */
export const signatureOf = (
  secret: string,
  of: { id: string; seconds: number; body: string },
): string => {
  const signed = `${of.id}.${of.seconds}.${of.body}`
  return `v1,${createHmac('sha256', keyOf(secret)).update(signed).digest('base64')}`
}

/** Of one that is written elsewhere it is known once it is read. */
const keyProblem = (secret: string): string | undefined =>
  /^(file|env):/.test(secret) || secret.length >= LEAST_KEY_BYTES
    ? undefined
    : `secret must not have fewer than ${LEAST_KEY_BYTES} characters`

export const webhookKind = channelKind({
  kind: 'webhook',
  description: 'A program of your own: JSON over HTTP, signed with HMAC-SHA256.',
  settings: Type.Object({
    url: Type.String({ minLength: 1, maxLength: 2000, description: 'Where it is posted to.' }),
    secret: Type.String({
      minLength: 1,
      maxLength: 500,
      description:
        'Key of the signature: a text of 16 bytes or more, or whsec_ and the base64 of so many.',
    }),
  }),
  secrets: ['url', 'secret'],
  problemOf: ({ url, secret }) => settingUrlProblem(url) ?? keyProblem(secret),
  targetOf: () => 'a webhook',
  async send({ url, secret }, { id, notice }, { outgoing, now }) {
    const seconds = Math.floor(now() / 1000)
    const body = JSON.stringify({ id, ...notice, title: titleOf(notice) })
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': id,
      'webhook-id': id,
      'webhook-timestamp': String(seconds),
      'webhook-signature': signatureOf(secret, { id, seconds, body }),
    }
    const answer = await post(outgoing, { url, headers, body })
    return outcomeOf(answer, isGone, now())
  },
})
