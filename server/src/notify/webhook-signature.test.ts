/** The script of the documentation that checks the signature of a webhook, against what is sent. */
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NOON_MS, startProvider } from '../fakes/notify-rig.ts'
import type { Provider, Received } from '../fakes/notify-rig.ts'
import { createOutgoing } from '../outgoing/outgoing.ts'
import { webhookKind } from './channels/webhook.ts'
import { emptyNotice } from './notice.ts'

type IsRight = (secret: string, headers: Received['headers'], body: string) => boolean

const PAGE = new URL('../../../docs/reference/notifications.md', import.meta.url)
const readScript = async (): Promise<IsRight> => {
  const [script = ''] =
    /^ {4}import \{ createHmac[^]*?^ {4}\}$/m.exec(readFileSync(PAGE, 'utf8')) ?? []
  const source = encodeURIComponent(script.replaceAll(/^ {4}/gm, ''))
  const { isRight } = (await import(`data:text/javascript,${source}`)) as { isRight: IsRight }
  return isRight
}

let provider: Provider
beforeEach(async () => void (provider = await startProvider()))
afterEach(() => provider.stop())

test.each(['a secret of sixteen', `whsec_${Buffer.from('0123456789abcdef').toString('base64')}`])(
  'with the secret %s what is sent is right, and what is changed is not',
  async (secret) => {
    const isRight = await readScript()
    const notice = { ...emptyNotice(), title: 'ünïcode 💩' }
    const outgoing = createOutgoing({ allow: ['127.0.0.1'] })
    await webhookKind.send(
      { url: provider.url, secret },
      { id: 'key-1', notice },
      { outgoing, now: () => NOON_MS },
    )
    const { headers, body } = provider.received[0]!
    expect(isRight(secret, headers, body)).toBe(true)
    expect(isRight(`${secret}x`.replace('whsec_', 'whsec_x'), headers, body)).toBe(false)
    expect(isRight(secret, headers, `${body} `)).toBe(false)
    for (const [name, value] of [
      ['webhook-id', 'key-2'],
      ['webhook-timestamp', String(NOON_MS / 1000 + 1)],
      ['webhook-signature', 'v1,'],
    ])
      expect(isRight(secret, { ...headers, [name!]: value }, body)).toBe(false)
  },
)
