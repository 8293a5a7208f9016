/** Batches over HTTP, as a JSON array or as lines; signed as Standard Webhooks are (https://www.standardwebhooks.com). */
import { Type } from 'typebox'
import { createHider } from '../../declared/hide-secrets.ts'
import { readSecretText } from '../../declared/secret-text.ts'
import { failureOf } from '../../notify/channel.ts'
import { signatureOf } from '../../notify/channels/webhook.ts'
import { isGone, outcomeOf } from '../../notify/http-outcome.ts'
import { hidingOutgoing } from '../../outgoing/hiding-outgoing.ts'
import type { ExportBatch } from '../export-line.ts'
import { sinkKind } from '../sink.ts'

const TIMEOUT_MS = 30_000

const bodyOf = ({ lines }: ExportBatch, body: string): string => {
  const texts = lines.map(({ text }) => text)
  return body === 'lines' ? texts.map((text) => `${text}\n`).join('') : `[${texts.join(',')}]`
}

export const webhookSink = sinkKind({
  kind: 'webhook',
  description: 'A program of your own: batches of JSON over HTTP.',
  settings: Type.Object({
    url: Type.String({ minLength: 1, maxLength: 2000, description: 'Where it is posted to.' }),
    secret: Type.String({
      ...{ maxLength: 500, default: '' },
      description:
        'Key of the signature (HMAC-SHA256): a text of 16 bytes or more, or whsec_ and the base64 of so many; empty: no signature.',
    }),
    authorization: Type.String({
      ...{ maxLength: 2000, default: '' },
      description: 'The header of that name, such as `Bearer …` or `Splunk …`; empty: none.',
    }),
    body: Type.Enum(['array', 'lines'], {
      default: 'array',
      description: 'One JSON array, or a line for each event (application/x-ndjson).',
    }),
  }),
  secrets: ['url', 'secret', 'authorization'],
  gatherMs: 1000,
  batch: { lines: 1000, bytes: 1_000_000 },
  targetOf: () => 'a webhook',
  open: (settings, { outgoing, now }) => ({
    close: async () => undefined,
    async send(batch) {
      // Each time: who changes a secret changes a file.
      const [url, secret, authorization] = [
        ...[settings.url, settings.secret, settings.authorization].map((of) => readSecretText(of)),
      ] as [string, string, string]
      const { id } = batch
      const seconds = Math.floor(now() / 1000)
      const body = bodyOf(batch, settings.body)
      const type = settings.body === 'lines' ? 'application/x-ndjson' : 'application/json'
      const headers = {
        ...{ 'content-type': type, 'idempotency-key': id },
        ...(authorization !== '' && { authorization }),
        ...(secret !== '' && {
          ...{ 'webhook-id': id, 'webhook-timestamp': String(seconds) },
          'webhook-signature': signatureOf(secret, { id, seconds, body }),
        }),
      }
      const request = { method: 'POST', url, headers, body, timeoutMs: TIMEOUT_MS } as const
      // A receiver may say in its answer what it was sent.
      const hide = createHider([url, secret, authorization])
      try {
        return outcomeOf(await hidingOutgoing(outgoing, hide).request(request), isGone, now())
      } catch (error) {
        const outcome = failureOf(error)
        return 'reason' in outcome ? { ...outcome, reason: hide(outcome.reason) } : outcome
      }
    },
  }),
})
