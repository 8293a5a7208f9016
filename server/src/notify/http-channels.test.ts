/** Channels over HTTP against servers on loopback that answer as the providers do: each success and each error. */
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rowOf, storedAlert } from '../fakes/alert-row.ts'
import { NOON_MS, startProvider } from '../fakes/notify-rig.ts'
import type { Provider } from '../fakes/notify-rig.ts'
import { createOutgoing } from '../outgoing/outgoing.ts'
import type { ChannelKind, Settings } from './channel.ts'
import { discordKind } from './channels/discord.ts'
import { gotifyKind } from './channels/gotify.ts'
import { ntfyKind } from './channels/ntfy.ts'
import { slackKind } from './channels/slack.ts'
import { webhookKind } from './channels/webhook.ts'
import { addTo, emptyNotice } from './notice.ts'
import type { Notice } from './notice.ts'

let provider: Provider
beforeEach(async () => void (provider = await startProvider()))
afterEach(() => provider.stop())

const HOSTILE =
  '<!channel> <https://evil.example|click> & @everyone *b* `c` [x](http://y) \u202E\r\nBcc: x'

const noticeOf = (count = 1, given = {}): Notice => {
  const notice = emptyNotice()
  for (let i = 0; i < count; i++)
    addTo(notice, rowOf(storedAlert({ id: `a${i}`, severity: 70, ...given })))
  return { ...notice, url: 'https://netscope.example/alerts' }
}
const send = (kind: ChannelKind, settings: Settings, notice = noticeOf()) =>
  kind.send(
    { url: `${provider.url}/hook`, ...settings },
    { id: 'key-1', notice },
    { outgoing: createOutgoing({ allow: ['127.0.0.0/8'] }), now: () => NOON_MS },
  )
const answer = (status: number, body = '', headers = {}) =>
  void provider.answers.splice(0, Infinity, { status, body, headers })
const received = (): unknown => JSON.parse(provider.received[0]?.body ?? '')

describe('Slack', () => {
  interface Block {
    type: string
    text: { type: string; text: string; emoji?: boolean }
  }
  interface Body {
    text: string
    blocks: Block[]
  }

  test('takes a message in plain texts within its limits', async () => {
    answer(200, 'ok')
    const long = {
      title: 'x'.repeat(5000),
      evidence: { reason: 'y'.repeat(9000), facts: [], flows: [] },
    }
    expect(await send(slackKind, {}, noticeOf(100, long))).toEqual({ kind: 'sent' })
    const { blocks, text } = received() as Body
    expect(blocks.length).toBeLessThanOrEqual(50)
    expect(blocks[0]?.type).toBe('header')
    expect(blocks[0]?.text.text.length).toBeLessThanOrEqual(150)
    for (const block of blocks) expect(block.text.text.length).toBeLessThanOrEqual(3000)
    expect(text.length).toBeLessThan(40_000)
    expect(blocks.at(-2)?.text.text).toMatch(/^90 more\. In all: 100 high; tcp-scan 100$/)
  })

  test('calls nobody and links nowhere, whatever names of the network hold', async () => {
    answer(200, 'ok')
    await send(
      slackKind,
      {},
      noticeOf(1, { title: HOSTILE, source: { ip: '192.0.2.7', name: HOSTILE } }),
    )
    const { blocks, text } = received() as Body
    expect(text).toContain('&lt;!channel&gt; &lt;https://evil.example|click&gt; &amp; @everyone')
    expect(text).not.toMatch(/[<>\r\n\u202E]/)
    for (const block of blocks.slice(0, -1)) expect(block.text.text).not.toMatch(/[<>\r\u202E]/)
    const marked = blocks.filter(({ text: of }) => of.type === 'mrkdwn')
    expect(marked.map(({ text: of }) => of.text)).toEqual([
      '<https://netscope.example/alerts|Open>',
    ])
  })

  test.each([
    [400, 'invalid_payload', 'broken'],
    [400, 'no_text', 'broken'],
    [400, 'posting_to_general_channel_denied', 'broken'],
    [403, 'action_prohibited', 'broken'],
    [403, 'invalid_token', 'broken'],
    [404, 'no_service', 'broken'],
    [404, 'channel_not_found', 'broken'],
    [410, 'channel_is_archived', 'broken'],
    [500, 'rollup_error', 'later'],
    [503, '<html>busy</html>', 'later'],
  ])('%i %s: %s', async (status, body, kind) => {
    answer(status, body)
    expect(await send(slackKind, {})).toMatchObject({
      kind,
      reason: `status ${status}: ${body.replace(/<[^>]*>/g, '')}`,
    })
  })

  test('429 says when', async () => {
    answer(429, 'rate_limited', { 'retry-after': '30' })
    expect(await send(slackKind, {})).toMatchObject({ kind: 'later', afterMs: 30_000 })
  })

  test('a page that is no webhook, and one that leads elsewhere, are none', async () => {
    answer(200, '<html>Welcome</html>')
    expect((await send(slackKind, {})).kind).toBe('broken')
    answer(302, '', { location: 'https://slack.com/' })
    expect(await send(slackKind, {})).toMatchObject({
      kind: 'broken',
      reason: expect.stringContaining('redirects to slack.com') as string,
    })
  })

  test('what hangs up is tried again', async () => {
    await provider.stop()
    expect(await send(slackKind, {})).toMatchObject({ kind: 'later' })
    provider = await startProvider()
  })
})

describe('Discord', () => {
  interface Body {
    embeds: { title: string; description: string; color: number }[]
    allowed_mentions: unknown
  }

  test('takes a message within its limits, and mentions nobody', async () => {
    answer(204)
    const long = {
      title: '*'.repeat(5000),
      evidence: { reason: '_'.repeat(9000), facts: [], flows: [] },
    }
    expect(await send(discordKind, {}, noticeOf(100, long))).toEqual({ kind: 'sent' })
    const { embeds, allowed_mentions: mentions } = received() as Body
    const [embed] = embeds
    expect(mentions).toEqual({ parse: [] })
    expect(embeds).toHaveLength(1)
    expect(embed?.title.length).toBeLessThanOrEqual(256)
    expect(embed?.description.length).toBeLessThanOrEqual(4096)
    expect((embed?.title.length ?? 0) + (embed?.description.length ?? 0)).toBeLessThanOrEqual(6000)
    // No escape is cut in half.
    expect(embed?.title).toMatch(/^[^*]*(\\\*)+…$/)
  })

  test('shows markup as text', async () => {
    answer(200, '{}')
    await send(discordKind, {}, noticeOf(1, { title: HOSTILE }))
    const { title, description } = (received() as Body).embeds[0]!
    expect(title).toContain(
      '\\<!channel\\> \\<https\\://evil.example\\|click\\> & @\u200Beveryone \\*b\\*',
    )
    expect(description).not.toMatch(/@everyone|\u202E|\r/)
  })

  test.each([
    [401, '{"message":"401: Unauthorized","code":0}', 'broken'],
    [403, '{"message":"Missing Access"}', 'broken'],
    [404, '{"message":"Unknown Webhook","code":10015}', 'broken'],
    [400, '{"embeds":["0"]}', 'refused'],
    [500, '', 'later'],
    [502, '<html>cloudflare</html>', 'later'],
  ])('%i %s: %s', async (status, body, kind) => {
    answer(status, body)
    expect((await send(discordKind, {})).kind).toBe(kind)
  })

  test.each([
    ['{"message":"You are being rate limited.","retry_after":64.57,"global":false}', 64_570],
    ['{"retry_after":"soon"}', 65_000],
    ['<html>banned</html>', 65_000],
  ])('429 %s says when', async (body, afterMs) => {
    answer(429, body, { 'retry-after': '65' })
    expect(await send(discordKind, {})).toMatchObject({ kind: 'later', afterMs })
  })
})

describe('a webhook', () => {
  const secret = 'a secret of sixteen'

  test('is signed over id, time and body, and has its idempotency key', async () => {
    expect(await send(webhookKind, { secret })).toEqual({ kind: 'sent' })
    const { headers, body } = provider.received[0]!
    const seconds = String(NOON_MS / 1000)
    const expected = createHmac('sha256', secret)
      .update(`key-1.${seconds}.${body}`)
      .digest('base64')
    expect(headers).toMatchObject({
      ...{ 'idempotency-key': 'key-1', 'webhook-id': 'key-1', 'webhook-timestamp': seconds },
      'webhook-signature': `v1,${expected}`,
    })
    expect(received()).toMatchObject({
      id: 'key-1',
      kind: 'alerts',
      total: 1,
      items: [{ id: 'a0' }],
    })
  })

  test('takes a secret of the standard, in base64', async () => {
    const key = Buffer.from('0123456789abcdef')
    await send(webhookKind, { secret: `whsec_${key.toString('base64')}` })
    const { headers, body } = provider.received[0]!
    const expected = createHmac('sha256', key).update(`key-1.${NOON_MS / 1000}.${body}`)
    expect(headers['webhook-signature']).toBe(`v1,${expected.digest('base64')}`)
  })

  test.each([
    [200, 'sent'],
    [202, 'sent'],
    [400, 'refused'],
    [413, 'refused'],
    [422, 'refused'],
    [401, 'broken'],
    [403, 'broken'],
    [404, 'broken'],
    [410, 'broken'],
    [408, 'later'],
    [429, 'later'],
    [500, 'later'],
    [504, 'later'],
  ])('%i: %s', async (status, kind) => {
    answer(status)
    expect((await send(webhookKind, { secret })).kind).toBe(kind)
  })

  test.each([
    ['Thu, 15 Jan 2026 12:01:00 GMT', 60_000],
    ['Thu, 15 Jan 2026 11:00:00 GMT', 0],
    ['99999999999', 86_400_000],
    ['soon', undefined],
  ])('Retry-After: %s', async (value, afterMs) => {
    answer(503, '', { 'retry-after': value })
    expect(await send(webhookKind, { secret })).toMatchObject({ kind: 'later', afterMs })
  })
})

describe('ntfy', () => {
  test('takes JSON with topic, priority and token', async () => {
    const settings = { url: provider.url, topic: 'alerts', token: 'tk_1' }
    expect(await send(ntfyKind, settings, noticeOf(200, { title: 'ü'.repeat(500) }))).toEqual({
      kind: 'sent',
    })
    expect(provider.received[0]?.headers.authorization).toBe('Bearer tk_1')
    const body = received() as { message: string }
    expect(body).toMatchObject({
      topic: 'alerts',
      priority: 4,
      click: 'https://netscope.example/alerts',
    })
    expect(Buffer.byteLength(body.message)).toBeLessThan(4096)
    expect(body.message).not.toContain('\uFFFD')
  })

  test.each([
    [401, 'broken'],
    [403, 'broken'],
    [404, 'broken'],
    [400, 'refused'],
    [413, 'refused'],
    [429, 'later'],
    [500, 'later'],
  ])('%i: %s', async (status, kind) => {
    answer(status, '{"code":42901,"http":429,"error":"limit reached"}')
    expect((await send(ntfyKind, { topic: 'alerts' })).kind).toBe(kind)
  })
})

describe('Gotify', () => {
  test('takes JSON with the token in a header, not in the URL', async () => {
    answer(200, '{"id":1}')
    const settings = { url: `${provider.url}/`, token: 'Axyz' }
    expect(await send(gotifyKind, settings)).toEqual({ kind: 'sent' })
    const { path, headers } = provider.received[0]!
    expect([path, headers['x-gotify-key']]).toEqual(['/message', 'Axyz'])
    expect(received()).toMatchObject({
      priority: 7,
      title: expect.stringMatching(/^high: /) as string,
    })
  })

  test.each([
    [401, 'broken'],
    [403, 'broken'],
    [404, 'broken'],
    [400, 'refused'],
    [500, 'later'],
  ])('%i: %s', async (status, kind) => {
    answer(status, '{"error":"Unauthorized","errorCode":401}')
    expect((await send(gotifyKind, { token: 'Axyz' })).kind).toBe(kind)
  })
})
