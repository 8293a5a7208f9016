/** core/src/api/operations.ts is what the server's OpenAPI document says (`vitest run -u` writes it anew). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from '../../server/src/fakes/running-server.ts'
import type { RunningServer } from '../../server/src/fakes/running-server.ts'
import { clientSource } from './client-source.ts'
import type { OpenapiDocument } from './client-source.ts'

let running: RunningServer
beforeAll(async () => {
  running = await startServer()
})
afterAll(() => running.stop())

test('the operations of the typed client are current', async () => {
  const { body } = await running.server.app.inject('/api/v1/openapi.json')
  const source = clientSource(JSON.parse(body) as OpenapiDocument)
  await expect(source).toMatchFileSnapshot('../../core/src/api/operations.ts')
})
