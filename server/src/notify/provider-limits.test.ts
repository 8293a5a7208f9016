/** What providers allow and ask for: pauses in each form, bounds of a message, odd answers to one that was taken. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rowOf, storedAlert } from '../fakes/alert-row.ts'
import { createNotifyRig, NOON_MS, startProvider } from '../fakes/notify-rig.ts'
import type { Provider } from '../fakes/notify-rig.ts'
import { createOutgoing } from '../outgoing/outgoing.ts'
import type { ChannelKind } from './channel.ts'
import { discordKind } from './channels/discord.ts'
import { slackKind } from './channels/slack.ts'
import { webhookKind } from './channels/webhook.ts'
import { addTo, emptyNotice } from './notice.ts'

let provider: Provider
beforeEach(async () => void (provider = await startProvider()))
afterEach(() => provider.stop())

const send = (kind: ChannelKind, given: object = {}, count = 1) => {
  const notice = emptyNotice()
  for (let i = 0; i < count; i++)
    addTo(notice, rowOf(storedAlert({ id: `a${i}`, severity: 70, ...given })))
  return kind.send(
    { url: `${provider.url}/hook`, secret: 'a secret of sixteen' },
    { id: 'key-1', notice },
    { outgoing: createOutgoing({ allow: ['127.0.0.0/8'] }), now: () => NOON_MS },
  )
}
const answer = (status: number, body = '', headers = {}) =>
  void provider.answers.splice(0, Infinity, { status, body, headers })

test('Slack is sent no half character, which would be an invalid payload', async () => {
  answer(200, 'ok')
  for (const shift of ['', 'x']) {
    const title = `${shift}${'\u{1F4A9}'.repeat(300)}`
    await send(slackKind, { title, evidence: { reason: title, facts: [], flows: [] } }, 12)
  }
  expect(provider.received).toHaveLength(2)
  for (const { body } of provider.received) expect(body).not.toMatch(/\\ud[89a-f]/i)
})

test('Slack is sent no half escape, and no more than it takes once all is escaped', async () => {
  answer(200, 'ok')
  await send(slackKind, {
    title: '&<>'.repeat(400),
    evidence: { reason: '&'.repeat(5000), facts: [], flows: [] },
  })
  const { blocks, text } = JSON.parse(provider.received[0]?.body ?? '') as {
    text: string
    blocks: { text: { text: string } }[]
  }
  for (const [most, shown] of [
    [150, blocks[0]?.text.text],
    [3000, blocks[1]?.text.text],
    [3000, text],
  ] as const) {
    expect(shown?.length).toBeLessThanOrEqual(most)
    expect(shown?.replaceAll(/&(amp|lt|gt);/g, '')).not.toMatch(/[&<>]/)
  }
})

test.each([
  [404, 'no_service_id'],
  [404, 'no_active_hooks'],
  [404, 'no_team'],
  [403, 'team_disabled'],
])('Slack: %i %s is for good', async (status, body) => {
  answer(status, body)
  expect(await send(slackKind)).toEqual({ kind: 'broken', reason: `status ${status}: ${body}` })
})

test.each([
  ['Slack', slackKind, 'ok'.padEnd(200_000)],
  ['Discord', discordKind, 'x'.repeat(2_000_000)],
  ['a webhook', webhookKind, 'x'.repeat(2_000_000)],
])('what %s has taken is not sent again because its answer is long', async (_name, kind, body) => {
  answer(200, body)
  expect(await send(kind)).toEqual({ kind: 'sent' })
})

describe('Discord', () => {
  test('markup is shown as it is, addresses and names stay whole, lists and links are none', async () => {
    answer(204)
    const title = '- my-host-1 is 2001:db8::1, see https://evil.example ||x|| <#1> <:e:1> @here'
    await send(discordKind, { title, source: { ip: '2001:db8::1', port: 22 } })
    const { description } = (
      JSON.parse(provider.received[0]?.body ?? '') as { embeds: [{ description: string }] }
    ).embeds[0]
    expect(description).toContain(
      '**\\- my-host-1 is 2001:db8::1, see https\\://evil.example \\|\\|x\\|\\| \\<\\#1\\> \\<:e:1\\> @\u200Bhere**',
    )
    expect(description).toContain('\\[2001:db8::1\\]:')
  })

  test.each([
    [429, { 'x-ratelimit-reset-after': '1.5' }, { kind: 'later', afterMs: 1500 }],
    [429, { 'x-ratelimit-reset': String(NOON_MS / 1000 + 3) }, { kind: 'later', afterMs: 3000 }],
    [
      204,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '2' },
      { kind: 'sent', afterMs: 2000 },
    ],
    [204, { 'x-ratelimit-remaining': '4', 'x-ratelimit-reset-after': '2' }, { kind: 'sent' }],
  ])('%i %j is obeyed', async (status, headers, outcome) => {
    answer(status, '', headers)
    expect(await send(discordKind)).toMatchObject(outcome)
  })
})

test.each([
  ['slack', { status: 200, body: 'ok' }, 1000],
  [
    'discord',
    { status: 204, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '30' } },
    30_000,
  ],
])('%s is left alone between two messages as long as it wants', async (kind, taken, gapMs) => {
  const rig = await createNotifyRig()
  try {
    rig.provider.answers.splice(0, Infinity, taken)
    rig.add({ name: 'ops', kind, settings: { url: rig.provider.url } })
    for (let i = 0; i < 2; i++)
      rig.notify.tell('ops', { title: `t${i}`, text: '', url: '', label: 'high' })
    await rig.pass(0)
    await rig.pass(gapMs - 1)
    expect(rig.provider.received).toHaveLength(1)
    await rig.pass(1)
    expect(rig.provider.received).toHaveLength(2)
  } finally {
    await rig.stop()
  }
})
