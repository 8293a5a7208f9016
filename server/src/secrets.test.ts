/**
 * No secret that somebody has configured or was given comes back: a server with one of each kind uses them against a service
 * that takes them, refuses them, fails, and says in its answers all that it was sent; then logs at trace, answers of the API,
 * audit log, live stream, metrics, exports, approval pages and the files of the server are searched for each, in all its forms.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ECHOES } from './fakes/echo-service.ts'
import { until } from './fakes/running-server.ts'
import { isSecretIn, secretsIn } from './fakes/secret-forms.ts'
import { filesIn, SECRETS, startSecretsRig } from './fakes/secrets-rig.ts'
import type { SecretsRig } from './fakes/secrets-rig.ts'
import { openWs } from './fakes/ws-client.ts'

const SECONDS = 30

let rig: SecretsRig
beforeEach(async () => {
  rig = await startSecretsRig()
})
afterEach(() => rig.stop())

const LOOK_AT = [
  ...['channels', 'channels/kinds', 'notifications', 'feeds', 'feeds/ours', 'incidents'],
  ...['threat-intel/providers', 'policies', 'policies/hook', 'actions', 'protected', 'audit'],
  ...['audit/export', 'users', 'tokens', 'alerts', 'status', 'agents', 'alerts/false-positives'],
  ...['devices', 'exports'],
]
/** Told to nobody but the server itself, or used as a key. */
const SENT_TO_NOBODY = new Set([
  ...['mailUser', 'mailPassword', 'userPassword', 'wrongPassword', 'jwtSecret'],
  ...['webhookSecret', 'exportSecret'],
])

test(
  'a server that uses every kind of secret, with success and without, tells none of them',
  { timeout: 180_000 },
  async () => {
    const { running, service, answers, tokens, ask } = rig
    await rig.configure()
    await rig.mistake()
    const authorization = `Bearer ${running.token}`
    const live = await openWs(running.server.url(), { headers: { authorization } })
    for (const topic of ['alerts', 'devices', 'metrics', 'events', 'flows'])
      live.say('subscribe', { topic })
    for (service.echo of ECHOES)
      for (service.status of service.echo === 'json' ? [200, 401, 429, 500] : [403])
        await rig.useAll()
    for (const path of LOOK_AT) expect(await ask('GET', `/api/v1/${path}`), path).toBe(200)
    await rig.getTokens()
    await ask('GET', '/metrics')
    await ask('GET', '/health')
    for (const path of ['channels/webhook', 'feeds/ours', 'policies/hook'])
      await ask('DELETE', `/api/v1/${path}`)
    await ask('GET', '/api/v1/audit?limit=200')

    // They were used: else nothing could have told them.
    for (const [what, value] of Object.entries(SECRETS))
      if (!SENT_TO_NOBODY.has(what)) expect(isSecretIn(service.received, value), what).toBe(true)

    const seen = {
      ...answers,
      ...filesIn(join(rig.folder, 'out')),
      log: running.logged.map((line) => JSON.stringify(line)).join('\n'),
      live: JSON.stringify(live.messages),
    }
    live.close()
    expect(Object.keys(seen).filter((name) => /out\/(eve|ecs|ocsf)$/.test(name))).toHaveLength(3)
    expect(seen.live).toContain('use-1')
    // The name of an account is shown to those who may change the channel, as its other settings are.
    const { mailUser, ...hidden } = SECRETS
    const { log, live: told } = seen
    const shown = { log, told, metrics: answers['GET /metrics'] ?? '' }
    expect(secretsIn(shown, { mailUser: mailUser! })).toEqual([])
    expect(secretsIn(seen, { ...hidden, ...tokens })).toEqual([])
  },
)

test(
  'what the server keeps holds hashes of tokens, and nobody else may read it',
  { timeout: 120_000 },
  async () => {
    const { running, service, tokens } = rig
    // One that takes what it is told: what waits for a channel still holds the link that it will tell.
    const only = (kind: string): boolean => kind === 'webhook'
    await rig.configure(only)
    await rig.useAll(only)
    const linked = () => service.received.match(/nsa_[\w-]+/g) ?? []
    await until(() => linked().length > 0, SECONDS)
    await rig.getTokens()
    await until(async () => {
      const answer = await running.fetch('/api/v1/notifications')
      const { notifications } = (await answer.json()) as { notifications: { state: string }[] }
      return notifications.every(({ state }) => state === 'sent')
    }, SECONDS)
    const links = Object.fromEntries(linked().map((of, i) => [`link ${i}`, of]))
    const kept = filesIn(running.storage)
    expect(secretsIn(kept, { ...tokens, ...links })).toEqual([])
    for (const path of Object.keys(kept)) expect(statSync(path).mode & 0o077, path).toBe(0)
  },
)
