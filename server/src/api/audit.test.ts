/** The audit log over HTTP, and streams of those who may no longer see them. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LOCAL_PRINCIPAL } from '../auth/authenticate.ts'
import { apiToken } from '../fakes/credentials.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'
import { openSse } from '../fakes/sse-client.ts'

let running: RunningServer
beforeEach(async () => {
  running = await startServer()
})
afterEach(() => running.stop())

type Json = Record<string, unknown>
const RECORD = { principal: LOCAL_PRINCIPAL, action: 'test.done', from: '192.0.2.1' }

const ask = async (path: string) => {
  const response = await running.fetch(path)
  const text = await response.text()
  const isLines = response.headers.get('content-type')?.includes('ndjson') ?? false
  const json = (isLines ? {} : JSON.parse(text)) as Json
  return { status: response.status, json, text, headers: response.headers }
}

test('a stream ends soon after what let it in was revoked', async () => {
  const secret = apiToken(running, 'viewer')
  const { apiTokens } = running.server.auth
  const stream = openSse(running.server.url(), '/api/v1/status/stream', secret)
  await until(() => stream.messages.length > 0)
  apiTokens.revoke(apiTokens.find(secret)!.id)
  await until(() => stream.closed)
})

test('the audit log comes in pages and as lines, and is whole', async () => {
  for (let i = 0; i < 5; i++) running.server.auth.audit.record({ ...RECORD, target: String(i) })
  const first = await ask('/api/v1/audit?limit=2')
  const second = await ask(`/api/v1/audit?limit=2&cursor=${String(first.json['nextCursor'])}`)
  const seqs = ({ json }: { json: Json }) =>
    (json['entries'] as { seq: number }[]).map(({ seq }) => seq)
  const [top = 0] = seqs(first)
  expect([...seqs(first), ...seqs(second)]).toEqual([top, top - 1, top - 2, top - 3])
  const { text, headers } = await ask('/api/v1/audit/export')
  expect(headers.get('content-type')).toContain('application/x-ndjson')
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { seq: number }).seq),
  ).toEqual(Array.from({ length: top }, (_, i) => i + 1))
  expect((await ask('/api/v1/audit/verify')).json).toMatchObject({ ok: true, entries: top })
  expect((await ask('/api/v1/audit/verify?seq=1')).status).toBe(400)
})
