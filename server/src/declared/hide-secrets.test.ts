/** Secrets in what others say: in every form that texts, pages, URLs and headers write them in, also where they were cut. */
import { describe, expect, test } from 'vitest'
import { createHider } from './hide-secrets.ts'

const SECRET = `S3cret/key+?"&=<b>'tail-0815`
const TOKEN = 'xoxT0KEN1234567890abcdef'
const URLS = {
  slack: `https://hooks.slack.com/services/T0000000A/B0000000B/${TOKEN}`,
  discord: `https://discord.com/api/webhooks/112233445566778899/${TOKEN}?thread_id=1`,
  query: `https://lists.example/get?key=${TOKEN}&format=txt`,
}

describe('a secret is hidden', () => {
  const hide = createHider([SECRET])
  const base64 = Buffer.from(SECRET).toString('base64')
  test.each([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify({ error: SECRET })],
    ['in a URL', `/x?y=${encodeURIComponent(SECRET)}`],
    [
      'in a page',
      `<p>${SECRET.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&#39;')}</p>`,
    ],
    ['as base64', `535 5.7.8 ${base64}`],
    ['as base64 for URLs', Buffer.from(SECRET).toString('base64url')],
    ['twice', `${SECRET} ${SECRET}`],
    ['cut at its end', `bad key: ${SECRET.slice(0, 15)}`],
    ['cut with a mark', `bad key: ${SECRET.slice(0, 15)}…`],
  ])('%s', (_, text) => {
    const shown = hide(text)
    expect(shown).toContain('***')
    for (const part of [SECRET.slice(0, 8), 'tail-0815', base64.slice(0, 12), 'key%2B'])
      expect(shown).not.toContain(part)
  })
})

test.each(Object.entries(URLS))('what is secret in the URL of %s is hidden by itself', (_, url) => {
  const hide = createHider([url])
  const { pathname, search } = new URL(url)
  for (const said of [
    url,
    `Cannot POST ${pathname}${search}`,
    `no such token: ${TOKEN}`,
    `/${TOKEN}`,
  ])
    expect(hide(said)).not.toContain('T0KEN')
  expect(hide('no services, webhooks or lists here')).toBe('no services, webhooks or lists here')
})

test('of a header the credential is hidden by itself', () => {
  const hide = createHider([`Bearer ${TOKEN}`, `Splunk ${TOKEN.toUpperCase()}`])
  expect(hide(`token ${TOKEN} has expired`)).toBe('token *** has expired')
  expect(hide(`invalid ${TOKEN.toUpperCase()}`)).toBe('invalid ***')
})

test('what is no secret stays, and secrets of a letter hide nothing', () => {
  const hide = createHider(['', 'abc', SECRET])
  expect(hide('abc: the key is wrong')).toBe('abc: the key is wrong')
  expect(createHider([])('text')).toBe('text')
})
