/** Channels of the configuration: of a file, and of the keys of the earlier tool. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultsOf } from '@netscope/core/config/key.ts'
import { notifySection } from '@netscope/core/config/notify.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createChannels } from './channels.ts'
import { readDeclaredChannels } from './declared-channels.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'netscope-channels-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const read = (text: string, given = {}) => {
  const channelsFile = text && join(folder, 'channels.yaml')
  if (text) writeFileSync(channelsFile, text)
  return readDeclaredChannels({ ...defaultsOf(notifySection), channelsFile, ...given })
}
const FILE = `channels:
  - name: phone
    kind: ntfy
    settings: { topic: file:/run/secrets/topic }
    rules: { minSeverity: high, quietHours: { from: '22:00', to: '07:00' }, timeZone: Europe/Berlin }
`

test('those of a file have defaults, an origin and a place, and are changed there only', async () => {
  const declared = await read(FILE)
  expect(declared).toMatchObject([
    {
      ...{ name: 'phone', origin: 'file', settings: { url: 'https://ntfy.sh' } },
      rules: { minSeverity: 'high', groupSeconds: 30, dailyBudget: 50 },
      author: expect.stringMatching(/channels\.yaml:2$/) as string,
    },
  ])
  const nothing = { all: () => [], put: () => undefined, remove: () => undefined }
  const channels = createChannels({ store: nothing, now: Date.now, declared })
  expect(() => channels.remove('phone')).toThrow(/is declared in .*channels\.yaml:2/)
  expect(() => channels.change('phone', { rules: {} })).toThrow('is declared in')
})

test.each([
  ['channels:\n  - name: a\n', 'yaml:2: it is not written as a channel'],
  [FILE.replace('ntfy', 'pigeon'), 'There is no kind of channel "pigeon"'],
  [
    FILE.replace('topic:', 'tropic:'),
    '"tropic" is no setting of ntfy; there are url, topic, token',
  ],
  [FILE.replace('minSeverity: high', 'minSeverity: awful'), 'it is not written as a channel'],
  [FILE.replace('Europe/Berlin', 'Mars/Olympus'), 'timeZone "Mars/Olympus" is none'],
  [FILE + FILE.replace('channels:\n', ''), 'there are two channels phone'],
  ['channel: []\n', 'the file must be `channels:` with a list below'],
])('%j is wrong, with its place', async (text, words) => {
  await expect(read(text)).rejects.toThrow(words)
})

test('keys of the earlier tool make channels', async () => {
  const keys = {
    ...{ slackUrl: 'https://hooks.slack.com/services/x', discordUrl: 'https://discord.com/api/x' },
    ...{ smtpHost: 'mail.example', smtpPort: 465, smtpUser: 'u', smtpPassword: 'p' },
    ...{ emailFrom: 'a@example.org', emailTo: ['b@example.org'] },
  }
  const channels = await read('', keys)
  expect(channels.map(({ name, origin, author }) => [name, origin, author])).toEqual([
    ...[
      ['slack', 'config', 'notify.slackUrl'],
      ['discord', 'config', 'notify.discordUrl'],
    ],
    ...[['email', 'config', 'notify.smtpHost']],
  ])
  expect(channels[2]?.settings).toMatchObject({ security: 'tls', port: 465, user: 'u' })
  for (const [smtpPort, smtpUser, security] of [
    [25, '', 'none'],
    [25, 'u', 'starttls'],
    [587, '', 'starttls'],
  ] as const) {
    const smtpPassword = smtpUser && 'p'
    const email = (await read('', { ...keys, smtpPort, smtpUser, smtpPassword }))[2]
    expect(email?.settings['security']).toBe(security)
  }
  const warned: unknown[] = []
  const log = { warn: (...of: unknown[]) => void warned.push(of) }
  const { smtpHost } = keys
  const config = { ...defaultsOf(notifySection), smtpHost }
  expect(await readDeclaredChannels(config, log)).toEqual([])
  expect(warned).toEqual([[{ smtpHost }, 'no e-mail is sent: notify.emailTo names nobody']])
  await expect(read('', { ...keys, emailFrom: 'nobody' })).rejects.toThrow('notify.smtpHost')
  expect(await read('')).toEqual([])
})
